"""Undo and redo, in the lot that is on the screen: nothing changes that nobody sees."""

from collections.abc import Callable
from dataclasses import dataclass

from app.events import Events
from app.messages import Message
from core.domain.ids import LotId
from core.domain.review import Action, ChangeSet
from core.services import decisions
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Direction:
    """Back or forth: the words for it, and what the product offers for it."""

    verb: str
    done: str
    step: Callable[[Workspace, LotId | None], ChangeSet | None]
    next_action: Callable[[Workspace, LotId | None], Action | None]


BACK = Direction("Undo", "Undone", decisions.undo, decisions.next_undo)
FORTH = Direction("Redo", "Redone", decisions.redo, decisions.next_redo)


class Undoing:
    """Each lot has its own undo; what was done in another lot is offered, not touched.

    Args:
        workspace: holds the decisions.
        events: hears what was taken back, and where the last decision was made.
        shown_lot: the lot whose images are on the screen; None while there is none.
        name_lot: its name.
    """

    def __init__(
        self,
        workspace: Workspace,
        events: Events,
        shown_lot: Callable[[], LotId | None],
        name_lot: Callable[[LotId], str],
    ) -> None:
        self._workspace, self._events = workspace, events
        self._shown_lot, self._name_lot = shown_lot, name_lot

    def go(self, direction: Direction) -> None:
        """Take the shown lot's last decision back, or bring it back, whole."""
        lot_id = self._shown_lot()
        changes = None if lot_id is None else direction.step(self._workspace, lot_id)
        if changes is not None:
            self._events.changed.emit(changes, self)
            self._events.hinted.emit(f"{direction.done}: {changes.title}")
        elif (elsewhere := direction.next_action(self._workspace, None)) is not None:
            self._events.notice.emit(self._say_where(direction, elsewhere))
        else:
            self._events.hinted.emit(f"There is nothing to {direction.verb.lower()}.")

    def text(self, direction: Direction) -> str:
        """What the menu says: the action by name, where it is one of the shown lot."""
        lot_id = self._shown_lot()
        action = None if lot_id is None else direction.next_action(self._workspace, lot_id)
        return direction.verb if action is None else f"{direction.verb} {action.title}"

    def _say_where(self, direction: Direction, action: Action) -> Message:
        verb, name = direction.verb.lower(), self._name_lot(action.lot_id)
        return Message(
            f"The next to {verb} is “{action.title}” in the lot “{name}”, which is not on the screen.",
            f"Open that lot and {verb} there.",
            is_error=False,
            lot_id=action.lot_id,
        )
