"""The engineer's decisions: each call is one durable, undoable action."""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import Final, Literal

from core.domain.decisions import Decision, DefectClass, Judgement, Killer, Verdict
from core.domain.ids import ClassId, ImageId
from core.domain.review import Action, ChangeSet, JudgementChange, ReviewItem, UndoScope
from core.services.workspace import Workspace


class _Keep(Enum):
    KEEP = "keep"


KEEP: Final = _Keep.KEEP
"""Leaves a field of a judgement as it is; None clears it."""
_KeepType = Literal[_Keep.KEEP]


CLASS_COLORS = (
    "#56b4e9",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#f0e442",
    "#0072b2",
    "#d55e00",
    "#b3b3b3",
)
"""Told apart by colour-blind eyes too (Okabe and Ito 2008); the ninth class begins anew."""


def decide(
    workspace: Workspace,
    items: Sequence[ReviewItem],
    *,
    verdict: Verdict | _KeepType | None = KEEP,
    class_id: ClassId | _KeepType | None = KEEP,
    killer: Killer | _KeepType = KEEP,
    note: str | _KeepType = KEEP,
    title: str,
) -> ChangeSet:
    """Move items to a new judgement; on the disk when this returns.

    Args:
        items: as the caller sees them; their judgements must still be current.
        verdict, class_id, killer, note: the new values; KEEP leaves a field alone.
        title: for the undo menu, for example "Nuisance: 3 images".

    Raises:
        UserError: somebody decided meanwhile, or the disk cannot be written.
    """
    changes = []
    for item in items:
        after = _moved(item.judgement, verdict, class_id, killer, note)
        if after != item.judgement:
            changes.append(JudgementChange(item.image_id, item.judgement, after))
    return workspace.history.apply(title, changes) if changes else ChangeSet(title, ())


def _moved(
    before: Judgement,
    verdict: Verdict | _KeepType | None,
    class_id: ClassId | _KeepType | None,
    killer: Killer | _KeepType,
    note: str | _KeepType,
) -> Judgement:
    after = before
    if verdict is not KEEP:
        after = replace(after, verdict=verdict)
    if class_id is not KEEP:
        after = replace(after, class_id=class_id)
    if killer is not KEEP:
        after = replace(after, killer=killer)
    return after if note is KEEP else replace(after, note=note)


def undo(workspace: Workspace, scope: UndoScope = None) -> ChangeSet | None:
    """Take back the last action of a scope (None: in the lot decided on last); None when there is none."""
    return workspace.history.undo(scope)


def redo(workspace: Workspace, scope: UndoScope = None) -> ChangeSet | None:
    """Do the last undone action of a scope (None: in any lot) again; None when there is none."""
    return workspace.history.redo(scope)


def next_undo(workspace: Workspace, scope: UndoScope = None) -> Action | None:
    """What `undo` would take back."""
    return workspace.history.next_undo(scope)


def next_redo(workspace: Workspace, scope: UndoScope = None) -> Action | None:
    """What `redo` would do again."""
    return workspace.history.next_redo(scope)


def list_decisions(workspace: Workspace, image_id: ImageId) -> tuple[Decision, ...]:
    """Everything that was decided of an image, oldest first, undone decisions and undos included."""
    return workspace.history.image_decisions(image_id)


def list_classes(workspace: Workspace) -> tuple[DefectClass, ...]:
    """Classes in use, by slot, then name."""
    return workspace.history.list_classes()


def add_class(
    workspace: Workspace, name: str, *, code: int | None = None, slot: int | None = None
) -> DefectClass:
    """Make a class, in a colour that the classes so far leave free.

    Raises:
        UserError: the name is empty or taken.
    """
    made = len(workspace.history.list_classes(include_retired=True))
    color = CLASS_COLORS[made % len(CLASS_COLORS)]
    return workspace.history.add_class(name, code=code, color=color, slot=slot)
