"""The decisions of the history's front door, the undo that they share with all else, and the classes they name."""

from collections.abc import Sequence

from core.domain.decisions import ClassDraft, Decision, DefectClass
from core.domain.ids import ImageId, LotId
from core.domain.references import ReferenceChange
from core.domain.review import Action, ChangeSet, JudgementChange, UndoScope
from core.history import classes, decision_reading, decisions, operations, references
from core.history.session import Session


class KeptDecisions(Session):
    """User actions and how they are taken back; each method is one transaction."""

    def apply(self, title: str, changes: Sequence[JudgementChange]) -> ChangeSet:
        """Record a user action; it clears the lot's redo.

        Args:
            title: for the undo menu ("Label 3 images").
            changes: what it does; those that change nothing leave no row.

        Raises:
            UserError: a change starts from a judgement that is no longer the current one.
            ValueError: the images are of several lots.
        """
        with self._database.write() as connection:
            return decisions.apply_changes(connection, title, changes, self._stamp())

    def choose_references(self, title: str, lot_id: LotId, changes: Sequence[ReferenceChange]) -> ChangeSet:
        """Record what an engineer says of references of a lot, on the same undo as its decisions.

        Raises:
            UserError: a change starts from a choice that is no longer the current one.
        """
        with self._database.write() as connection:
            return references.choose(connection, title, lot_id, changes, self._stamp())

    def undo(self, scope: UndoScope = None) -> ChangeSet | None:
        """Take back the newest action, also of an earlier session; None when there is none.

        Args:
            scope: each lot has its own undo, and so has the class table; None takes the lot in which something was
                done last.
        """
        with self._database.write() as connection:
            return decisions.undo(connection, scope, self._stamp())

    def redo(self, scope: UndoScope = None) -> ChangeSet | None:
        """Bring back what was last undone; None when there is nothing. `scope` as for `undo`."""
        with self._database.write() as connection:
            return decisions.redo(connection, scope, self._stamp())

    def next_undo(self, scope: UndoScope = None) -> Action | None:
        """What `undo` would take back."""
        with self._database.read() as connection:
            target = operations.next_undo(connection, scope)
        return None if target is None else Action(target.title, target.lot_id)

    def next_redo(self, scope: UndoScope = None) -> Action | None:
        """What `redo` would bring back."""
        with self._database.read() as connection:
            target = operations.next_redo(connection, scope)
        return None if target is None else Action(target.title, target.lot_id)

    def decisions(self, lot_id: LotId) -> tuple[Decision, ...]:
        """Every decision on the lot's images, oldest first, undone ones and undos included."""
        with self._database.read() as connection:
            return decision_reading.list_decisions(connection, lot_id)

    def image_decisions(self, image_id: ImageId) -> tuple[Decision, ...]:
        """Every decision on one image, oldest first, undone ones and undos included."""
        with self._database.read() as connection:
            return decision_reading.list_image_decisions(connection, image_id)

    def list_classes(self, *, include_retired: bool = False) -> tuple[DefectClass, ...]:
        """The classes in the order in which they were added."""
        with self._database.read() as connection:
            return classes.list_classes(connection, include_retired=include_retired)

    def add_class(
        self, name: str, *, code: int | None = None, color: str = "#8ab4f8", slot: int | None = None
    ) -> DefectClass:
        """Add a class under a new id.

        Raises:
            UserError: the name is empty or taken (in any letter case), or the key is.
        """
        with self._database.write() as connection:
            return classes.add_class(connection, ClassDraft(name, code, color, slot), self._stamp())
