"""What engineers say of references: edits of a row an image, on the lot's undo like its decisions."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite

from core.domain.ids import ImageId, LotId
from core.domain.references import AS_GIVEN, ReferenceChange, ReferenceChoice
from core.domain.review import ChangeSet, Subject
from core.history.decisions import apply_action
from core.history.edits import Edit
from core.history.schema import reference_choices
from core.history.stamp import Stamp


def choose(
    connection: Connection, title: str, lot_id: LotId, changes: Sequence[ReferenceChange], stamp: Stamp
) -> ChangeSet:
    """Record a user action on references of a lot; changes that change nothing leave no trace.

    Raises:
        UserError: a change starts from a choice that is no longer the current one.
    """
    moving = [change for change in changes if change.before != change.after]
    if moving:
        connection.execute(_MAKE_ROW, [_row(change.image_id) for change in moving])
    return apply_action(connection, title, lot_id, _edits(moving), (), stamp)


def choice_of(file: str | None, dx: float | None, dy: float | None) -> ReferenceChoice:
    """The choice in an image's columns; no row is no choice."""
    if file is None and dx is None:
        return AS_GIVEN
    return ReferenceChoice(file, None if dx is None or dy is None else (dx, dy))


def _edits(changes: Sequence[ReferenceChange]) -> list[Edit]:
    """One for all images that go from the same to the same."""
    alike: dict[tuple[ReferenceChoice, ReferenceChoice], list[int]] = {}
    for change in changes:
        alike.setdefault((change.before, change.after), []).append(change.image_id)
    return [
        Edit(Subject.REFERENCE, tuple(ids), _values(before), _values(after))
        for (before, after), ids in alike.items()
    ]


def _values(choice: ReferenceChoice) -> Mapping[str, Any]:
    dx, dy = choice.shift_xy or (None, None)
    return {"file": choice.file, "dx": dx, "dy": dy}


def _row(image_id: ImageId) -> dict[str, Any]:
    return {"id": image_id, **_values(AS_GIVEN)}


_MAKE_ROW = sqlite.insert(reference_choices).on_conflict_do_nothing(index_elements=("id",))
