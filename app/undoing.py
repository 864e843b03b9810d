"""Undo and redo, in the lot or the class table that is on the screen: nothing changes that nobody sees."""

from collections.abc import Callable
from dataclasses import dataclass

from app.events import ClassesChanged, Events
from app.messages import Message
from core.domain.ids import LotId
from core.domain.review import Action, ChangeSet, Subject, UndoScope
from core.services import decisions
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Direction:
    """Back or forth: the words for it, and what the product offers for it."""

    verb: str
    done: str
    step: Callable[[Workspace, UndoScope], ChangeSet | None]
    next_action: Callable[[Workspace, UndoScope], Action | None]


BACK = Direction("Undo", "Undone", decisions.undo, decisions.next_undo)
FORTH = Direction("Redo", "Redone", decisions.redo, decisions.next_redo)


class Undoing:
    """Each lot has its own undo, and so has the class table; what was done in another lot is offered, not touched.

    Args:
        workspace: holds the decisions.
        events: hears what was taken back, and where the last decision was made.
        shown: the lot whose images or clusters are on the screen, or the class table; None where there is neither.
        name_lot: its name.
        settle: keeps what is still being done, so that it is what is taken back.
    """

    def __init__(
        self,
        workspace: Workspace,
        events: Events,
        shown: Callable[[], UndoScope],
        name_lot: Callable[[LotId], str],
        settle: Callable[[], object] = lambda: None,
    ) -> None:
        self._workspace, self._events = workspace, events
        self._shown, self._name_lot, self._settle = shown, name_lot, settle

    def go(self, direction: Direction) -> None:
        """Take the last action on what is shown back, or bring it back, whole."""
        self._settle()
        scope = self._shown()
        changes = None if scope is None else direction.step(self._workspace, scope)
        if changes is not None:
            if Subject.CLASS in changes.edited:
                # First: images may bear a class that is back.
                self._events.changed.emit(ClassesChanged(), self)
            self._events.changed.emit(changes, self)
            self._events.hinted.emit(f"{direction.done}: {changes.title}")
        elif (elsewhere := direction.next_action(self._workspace, None)) and elsewhere.lot_id:
            self._events.notice.emit(self._say_where(direction, elsewhere.title, elsewhere.lot_id))
        else:
            self._events.hinted.emit(f"There is nothing to {direction.verb.lower()}.")

    def text(self, direction: Direction) -> str:
        """What the menu says: the action by name, where it is one of the shown lot."""
        scope = self._shown()
        action = None if scope is None else direction.next_action(self._workspace, scope)
        return direction.verb if action is None else f"{direction.verb} {action.title}"

    def _say_where(self, direction: Direction, title: str, lot_id: LotId) -> Message:
        verb, name = direction.verb.lower(), self._name_lot(lot_id)
        return Message(
            f"The next to {verb} is “{title}” in the lot “{name}”, which is not on the screen.",
            f"Open that lot and {verb} there.",
            is_error=False,
            lot_id=lot_id,
        )
