"""Moving the reference by hand: seen at once, kept when the keys rest, or before anything else happens."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.events import Events
from app.presenters.review import reducers
from app.presenters.review.reference import shift_with
from app.presenters.review.services import ReviewServices
from app.presenters.review.state import ReviewState
from core.domain.errors import UserError
from core.domain.references import ReferenceChoice
from core.domain.review import ReviewItem

RESTED_MS = 400
NO_REFERENCE = "This image has no reference."

ShiftXY = tuple[float, float]


class Nudging(QObject):
    """One burst of keys is one undoable action of the history."""

    hinted = Signal(str)
    kept = Signal(object)  # ChangeSet
    compare_requested = Signal(int, object)  # LotId, frozenset[ImageId]

    def __init__(
        self,
        services: ReviewServices,
        events: Events,
        state: Callable[[], ReviewState],
        apply: Callable[[ReviewState], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._services, self._events, self._state, self._apply = services, events, state, apply
        self._rest = QTimer(self, singleShot=True, interval=RESTED_MS)
        self._rest.timeout.connect(self.settle)

    def move(self, dx: float, dy: float) -> None:
        """Move the current image's reference by some pixels, right and down."""
        moved = reducers.nudge_reference(self._state(), dx, dy)
        if moved.nudge is None:
            self.hinted.emit(NO_REFERENCE)
            return
        self._apply(moved)
        self._rest.start()

    def reset(self) -> None:
        """Back to the registration."""
        self._apply(replace(self._state(), nudge=None))
        state = self._state()
        item = state.current_item
        if item is None or item.choice.shift_xy is None:
            self.hinted.emit("The reference lies where it was registered.")
            return
        self._apply(self._placed(state, item, None))

    def compare_again(self) -> None:
        """Ask for the current image, or those selected, to be compared with their references as these lie now."""
        self.settle()
        state = self._state()
        chosen = state.selected_items or (state.current_item,)
        ids = frozenset(item.image_id for item in chosen if item is not None and item.reference is not None)
        if not ids or state.lot_id is None:
            self.hinted.emit(NO_REFERENCE)
        elif state.is_detecting:
            self.hinted.emit("The lot is being measured; compare again when it is done.")
        else:
            self.compare_requested.emit(state.lot_id, ids)

    def settle(self) -> None:
        """Keep what was moved."""
        if self._state().nudge is not None:
            self._apply(self.keep(self._state()))

    def keep(self, state: ReviewState) -> ReviewState:
        """The state once its nudge is kept; where it cannot be, the nudge is taken back and the banner says why."""
        self._rest.stop()
        nudge = state.nudge
        settled = replace(state, nudge=None)
        if nudge is None or nudge.image_id not in state.places:
            return settled
        item = state.items[state.places[nudge.image_id]]
        dx, dy = shift_with(item, nudge)
        return self._placed(settled, item, (round(dx, 4), round(dy, 4)))

    def _placed(self, state: ReviewState, item: ReviewItem, shift_xy: ShiftXY | None) -> ReviewState:
        if state.lot_id is None:
            return state
        try:
            changes = self._services.place_on_reference(state.lot_id, item, shift_xy)
        except UserError as error:
            self._events.user_error.emit(error)
            return state
        self.kept.emit(changes)
        placed = replace(item, choice=ReferenceChoice(item.choice.file, shift_xy))
        return reducers.replace_items(state, [placed])
