"""The wafer screen, put together, and what it shares with the review: the queue, its filter and its cursor."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from app.actions import ActionSpec
from app.engine import Engine, Frame
from app.presenters.queue_limit import QueueLimit
from app.presenters.review.order import QueueQuery
from app.presenters.shell import REVIEW, WAFER
from app.presenters.wafer.actions import SHOW_ALL, wafer_actions
from app.presenters.wafer.presenter import WaferPresenter
from app.presenters.wafer.queue import queue_choice
from app.presenters.wafer.text import MEASURES
from app.presenters.wafer.zones import ZONE_WORDS
from app.qt_models.pareto import ParetoModel
from app.review_room import ReviewRoom
from app.views.shell.navigation import Destination
from app.views.wafer.view import WaferModels, WaferView
from core.domain.ids import ImageId

QUEUED = Qt.ConnectionType.QueuedConnection  # the list must have ended its click before rows leave it


class WaferRoom(QObject):
    """The view first, because the window is made of it; then what moves it."""

    def __init__(self, engine: Engine, review: ReviewRoom, parent: QObject) -> None:
        super().__init__(parent)
        self._engine, self._review = engine, review
        self._bars = ParetoModel(self)
        models = WaferModels(review.model, review.roles, self._bars)
        self.view = WaferView(ZONE_WORDS, MEASURES, models, engine.palette)

    def pages(self) -> dict[Destination, QWidget]:
        """The screen, with its place on the rail."""
        return {Destination(WAFER, "wafer", "Wafer", "Ctrl+6"): self.view}

    def present(self, frame: Frame) -> None:
        """Bring the screen to life."""
        engine, self._frame = self._engine, frame
        self.presenter = WaferPresenter(
            engine.workspace,
            self.view,
            self._bars,
            engine.quiet,
            engine.events,
            engine.palette,
            engine.report_failure,
            self,
        )
        frame.table.add(self._actions(), self.view)
        frame.table.add((self._free_queue_action(),), self._review.view)
        self._share_filter()
        self._share_cursor()
        frame.shell.screen_changed.connect(self._follow_screen)

    def _actions(self) -> Sequence[ActionSpec]:
        pick = ActionSpec(
            "wafer.pick", "Only the selected pictures", "S", self._pick_pictures, section="Wafer"
        )
        return (*wafer_actions(self.presenter, self.view), pick)

    def _free_queue_action(self) -> ActionSpec:
        return ActionSpec("review.all", SHOW_ALL, "Esc", self.show_all, section="Move")

    def show_all(self) -> None:
        """Every image in the queue, every defect on the wafer."""
        self.presenter.filters.show_all()
        self._free_queue()

    def _share_filter(self) -> None:
        self.presenter.limit_changed.connect(self._limit_queue)
        self.presenter.filters.queue_freed.connect(self._free_queue)
        self._review.view.queue.chips.removed.connect(self.presenter.filters.remove)
        self._engine.events.lot_requested.connect(lambda _lot: self.presenter.forget_filters())

    def _share_cursor(self) -> None:
        review, gallery = self._review.presenter, self.view.gallery
        self.presenter.image_chosen.connect(self._choose_image)
        self.presenter.map_read.connect(self._ring_current)
        self.presenter.review_requested.connect(lambda: self._frame.shell.show_screen(REVIEW))
        gallery.row_chosen.connect(self._choose_row, QUEUED)
        gallery.row_opened.connect(lambda _row: self._frame.shell.show_screen(REVIEW), QUEUED)
        self._engine.events.changed.connect(lambda *_: gallery.set_current(review.state.current_row))

    def _limit_queue(self, limit: QueueLimit | None) -> None:
        self._query(replace(self._review.presenter.state.query, limit=limit))

    def _free_queue(self) -> None:
        query = self._review.presenter.state.query
        self._query(QueueQuery(sort=query.sort, limit=query.limit))

    def _query(self, query: QueueQuery) -> None:
        review = self._review.presenter
        if query != review.state.query:
            review.query(query)
            self.view.gallery.set_current(review.state.current_row)

    def _choose_image(self, image_id: int) -> None:
        review = self._review.presenter
        review.show_image(ImageId(image_id))
        self.view.gallery.set_current(review.state.current_row)

    def _choose_row(self, row: int) -> None:
        review = self._review.presenter
        if row < len(review.state.order):
            review.choose_row(row)
            self.view.gallery.set_current(review.state.current_row)
            self._ring_current()

    def _ring_current(self) -> None:
        current = self._review.presenter.state.current
        if current is not None:
            self.presenter.show_image(current)

    def _pick_pictures(self) -> None:
        state = self._review.presenter.state
        rows = self.view.gallery.selected_rows()
        self.presenter.filters.pick_images(tuple(state.item_at(row).image_id for row in rows))

    def _follow_screen(self) -> None:
        shell, review = self._frame.shell.state, self._review.presenter
        self.presenter.set_shown(shell.screen == WAFER, shell.lot_id)
        if shell.screen == WAFER:
            self.presenter.filters.set_queue(queue_choice(review.state))
            self.view.gallery.set_current(review.state.current_row)
            self._ring_current()
