"""The review screen: one frozen state, and the differences between states applied to the view."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from app.events import ClassesChanged, Events, ImagesDetected, LotChanged
from app.job_runner import JobRunner
from app.presenters.review import reducers
from app.presenters.review.deciding import Deciding
from app.presenters.review.loader import ReviewLoader
from app.presenters.review.looking import Looking
from app.presenters.review.lot import LotReader
from app.presenters.review.nudging import Nudging
from app.presenters.review.order import QueueQuery
from app.presenters.review.panel import PanelPresenter
from app.presenters.review.position import PositionKeeper
from app.presenters.review.services import ReviewServices
from app.presenters.review.state import ReviewState
from app.presenters.review.viewer import ViewerPresenter
from app.qt_models.review_queue import ReviewQueueModel
from app.theme import Palette
from app.views.review.view import ReviewView
from core.domain.ids import ImageId, LotId
from core.domain.review import ChangeSet, ReviewItem

if TYPE_CHECKING:
    from core.services.detection.lot import DetectedImage

AHEAD = (1, 2, -1, 3, -2, -3)  # rows read ahead of the eye, the likeliest first


class ReviewPresenter(QObject):
    """Every wish becomes a new state; only what differs reaches the view."""

    detect_requested = Signal(int)  # LotId
    auto_advance_changed = Signal(bool)

    def __init__(
        self,
        services: ReviewServices,
        view: ReviewView,
        model: ReviewQueueModel,
        runner: JobRunner,
        events: Events,
        palette: Palette,
        report_failure: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._view, self._model = services, view, model
        self._events, self._report_failure = events, report_failure
        self._state = ReviewState()
        self._applying = False
        self._loader = ReviewLoader(services, runner, report_failure, self)
        self._viewer = ViewerPresenter(view.viewer, self._loader, self)
        self._panel = PanelPresenter(services, view.decision, palette)
        self._position = PositionKeeper(services, runner, report_failure, self)
        self._reader = LotReader(services, runner, self)
        self.looking = Looking(lambda: self._state, self._apply)
        self.deciding = Deciding(services, events, lambda: self._state, self)
        self.nudging = Nudging(services, events, lambda: self._state, self._apply, self)
        self._model.thumbnail_wanted.connect(self._loader.want_thumbnail)
        self._loader.thumbnail_loaded.connect(self._model.set_thumbnail)
        self._reader.read_finished.connect(self._take_rows)
        self._reader.read_failed.connect(self._on_unreadable)
        self._viewer.levels_chosen.connect(self.looking.set_levels)
        self.deciding.committed.connect(self._on_committed)
        self.deciding.hinted.connect(view.viewer.set_hint)
        self.nudging.hinted.connect(view.viewer.set_hint)
        self.nudging.kept.connect(self._on_placed)
        self.deciding.classes_changed.connect(self._on_classes_changed)
        events.changed.connect(self._on_changed)
        events.lot_requested.connect(lambda lot_id: self.open_lot(LotId(lot_id)))
        events.hinted.connect(view.viewer.set_hint)
        self._viewer.set_overlays(self._state.overlays)
        self._show_queue(self._state, self._state)
        self._show_marks()
        view.viewer.say_instead("No lot is open", "Open one on the lots screen.")
        self.deciding.read_classes()

    @property
    def state(self) -> ReviewState:
        """What is shown now."""
        return self._state

    def close(self) -> None:
        """Keep a note that is still being typed, a reference that is being moved, and the position for next time."""
        self._settle()
        self._position.flush()

    def open_lot(self, lot_id: LotId) -> None:
        """Read a lot in the background and show it where it was left."""
        self._settle()
        self._position.leave_for(lot_id)
        self._model.forget_thumbnails()
        self._apply(reducers.leave_lot(self._state, lot_id))
        self._view.viewer.say_instead("Opening…", "The images of the lot are being listed.")
        self._reader.read(lot_id)

    def query(self, query: QueueQuery) -> None:
        """List by another filter, text or order."""
        self._apply(reducers.query_queue(self._state, query))

    def show_image(self, image_id: ImageId) -> None:
        """Put the cursor on an image."""
        self._apply(reducers.move_to(self._state, image_id))

    def step(self, by: int) -> None:
        """Go some rows down or up."""
        self._move(reducers.step(self._state, by), "the last image" if by > 0 else "the first image")

    def step_undecided(self, direction: int) -> None:
        """Go to the next or previous image that is not decided."""
        moved = reducers.step_undecided(self._state, direction)
        self._move(moved, "no undecided image after this one" if direction > 0 else "none before this one")

    def set_auto_advance(self, on: bool) -> None:
        """Whether a decision goes on to the next image."""
        if on != self._state.auto_advance:
            self._apply(replace(self._state, auto_advance=on))
            self.auto_advance_changed.emit(on)

    def toggle_auto_advance(self) -> None:
        """Switch going on after a decision."""
        self.set_auto_advance(not self._state.auto_advance)

    def set_detecting(self, lot_ids: frozenset[LotId]) -> None:
        """Which lots are being measured."""
        self._apply(replace(self._state, detecting=lot_ids))

    def pick_region(self, row: int, *, center: bool = False) -> None:
        """Emphasise a region of the current image, and go there if asked."""
        self._viewer.pick_region(row, center=center)

    def choose_row(self, row: int) -> None:
        """The engineer put the list's cursor on a row."""
        if not self._applying:
            self._apply(reducers.move_to(self._state, self._state.item_at(row).image_id))

    def select_rows(self, rows: Sequence[int]) -> None:
        """The engineer selected rows."""
        if not self._applying:
            found = [self._state.item_at(row).image_id for row in rows]
            self._apply(reducers.select(self._state, found))

    def request_detection(self) -> None:
        """Ask for the lot to be measured."""
        if self._state.lot_id is not None:
            self.detect_requested.emit(self._state.lot_id)

    def _settle(self) -> None:
        """What is still being typed or moved belongs to the image that is shown."""
        self._view.decision.commit_note()
        self.nudging.settle()

    def _move(self, state: ReviewState, end: str) -> None:
        if state.current == self._state.current:
            self._view.viewer.set_hint(f"End of the queue: {end}." if self._state.order else "")
        self._apply(state)

    def _apply(self, state: ReviewState) -> None:
        if state.nudge is not None and state.current != state.nudge.image_id:
            state = self.nudging.keep(state)  # before the next image is shown
        old, self._state = self._state, state
        self._applying = True  # Qt moves its own cursor when rows leave; that is no wish of the engineer
        self._show_queue(old, state)
        self._applying = False
        if state.overlays != old.overlays:
            self._viewer.set_overlays(state.overlays)
        if state.is_detecting != old.is_detecting:
            self._viewer.set_detecting(state.is_detecting)
        if state.levels != old.levels:
            self._viewer.set_levels(state.levels)
        if state.nudge != old.nudge:
            self._viewer.reference.set_nudge(state.nudge)
        if state.current_item is not old.current_item:
            self._show_current(old)
        self._show_marks()

    def _show_marks(self) -> None:
        self._view.decision.set_selected(len(self._state.selection))
        self._view.decision.set_auto_advance(self._state.auto_advance)

    def _show_queue(self, old: ReviewState, new: ReviewState) -> None:
        queue = self._view.queue
        if new.items is not old.items or new.order is not old.order:
            same = new.query == old.query and new.lot_id == old.lot_id
            self._model.set_rows(new.items, new.order, same_query=same)
        queue.set_counts({name.value: count for name, count in new.counts.items()})
        queue.chips.set_chips(new.query.limit.chips if new.query.limit else ())
        queue.set_query(new.query.filter, new.query.text, new.query.sort)
        queue.set_place(new.current_row, len(new.order), keep_selection=len(new.selection) > 1)

    def _show_current(self, old: ReviewState) -> None:
        state, item = self._state, self._state.current_item
        if state.current != old.current:
            self._view.viewer.set_hint("")
            if item is not None and state.lot_id is not None:
                self._position.move(state.lot_id, item.image_id)
        self._viewer.show_item(item, reducers.near_items(state, AHEAD))
        self._panel.show_item(state.lot_id, item, self.deciding.classes)

    def _take_rows(self, items: tuple[ReviewItem, ...], left_at: ImageId | None) -> None:
        if self._state.lot_id is None:
            return
        if self._state.items:
            self._apply(reducers.refresh_items(self._state, items))
        else:
            self._apply(reducers.open_items(self._state, self._state.lot_id, items, left_at))
        if not items:
            self._viewer.show_item(None, ())

    def _on_unreadable(self, error: Exception) -> None:
        self._view.viewer.say_instead("The lot could not be listed", "Open it again from the lots screen.")
        self._report_failure(error)

    def _take_changes(self, changes: ChangeSet, *, advance: bool, jump: bool) -> None:
        self._reader.note_decision()
        state = reducers.apply_changes(self._state, changes)
        touched = [change.image_id for change in changes.changes] or changes.referred
        if jump and (changes.changes or len(touched) == 1):  # a reference of many images is no place to go to
            state = reducers.move_to(state, touched[0])
        self._apply(reducers.step(state, 1) if advance else state)
        if changes.referred and state.lot_id is not None:
            self._reader.read(state.lot_id)

    def _on_committed(self, changes: ChangeSet, advance: bool) -> None:
        at_end = advance and reducers.step(self._state, 1).current == self._state.current
        self._take_changes(changes, advance=advance, jump=False)
        if at_end:
            self._view.viewer.set_hint("Decided. This is the end of the queue.")
        if changes.changes:
            self._events.changed.emit(changes, self)

    def _on_placed(self, changes: ChangeSet) -> None:
        self._reader.note_decision()
        self._events.changed.emit(changes, self)

    def _on_changed(self, change: object, initiator: object) -> None:
        match change:
            case ChangeSet() if initiator is not self:
                self._take_changes(change, advance=False, jump=True)
            case LotChanged(lot_id) if lot_id == self._state.lot_id:
                self._reader.read(lot_id)
            case ImagesDetected(lot_id, detected) if lot_id == self._state.lot_id:
                found = cast("tuple[DetectedImage, ...]", detected)
                self._reader.note_results(found)
                self._apply(reducers.apply_detection(self._state, found))
            case ClassesChanged() if initiator is not self.deciding:
                self.deciding.read_classes()

    def _on_classes_changed(self) -> None:
        classes = tuple(self.deciding.classes.values())
        self._view.decision.set_classes(classes)
        self._view.queue.set_classes(classes)
        self._panel.show_item(self._state.lot_id, self._state.current_item, self.deciding.classes)
