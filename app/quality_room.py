"""The quality screen, put together."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.actions import ActionSpec
from app.engine import Engine, Frame
from app.presenters.quality.presenter import QualityPresenter
from app.presenters.quality.text import FIGURES
from app.presenters.review.order import QueueFilter, QueueQuery, QueueSort
from app.presenters.review.presenter import ReviewPresenter
from app.presenters.shell import QUALITY, REVIEW
from app.views.quality.view import QualityView
from app.views.shell.navigation import Destination
from core.domain.ids import ImageId


class QualityRoom(QObject):
    """The view first, because the window is made of it; then what moves it."""

    def __init__(self, engine: Engine, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self.view = QualityView(FIGURES, engine.palette)

    def pages(self) -> dict[Destination, QWidget]:
        """The screen, with its place on the rail."""
        return {Destination(QUALITY, "quality", "Quality", "Q"): self.view}

    def present(self, frame: Frame, review: ReviewPresenter) -> None:
        """Bring the screen to life."""
        self._shell, self._review = frame.shell, review
        self.presenter = QualityPresenter(self._engine, self.view, self)
        self.presenter.image_requested.connect(self._show_image)
        self.presenter.nearest_requested.connect(self._queue_by_nearest)
        frame.shell.screen_changed.connect(self._follow)
        frame.table.add((self._next_draw(frame),), frame.window)

    def _next_draw(self, frame: Frame) -> ActionSpec:
        return ActionSpec(
            "quality.next_draw",
            "Next image of the escape audit",
            "Shift+Q",
            self.presenter.go_to_next_draw,
            lambda: frame.has_lot,
            "Move",
        )

    def _follow(self) -> None:
        state = self._shell.state
        self.presenter.set_shown(state.screen == QUALITY, state.lot_id, state.lot_name)

    def _show_image(self, image_id: int) -> None:
        self._review.show_image(ImageId(image_id))
        self._shell.show_screen(REVIEW)

    def _queue_by_nearest(self, first: int) -> None:
        self._review.query(QueueQuery(QueueFilter.UNDECIDED, sort=QueueSort.NEAREST))
        self._show_image(first)
