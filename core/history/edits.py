"""Edits: what a user action changes besides judgements.

Rows are never deleted: an edit moves columns of rows that exist, so its inverse is the same edit read backwards, and
a made row is one whose edit brings it to life.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, union_all, update

from core.domain.errors import UserError
from core.domain.ids import ImageId
from core.domain.review import Subject
from core.history.audit import append_audit
from core.history.discovery_schema import clusters, crops, discoveries, edits
from core.history.schema import AnyRow, classes, judgements, listed, reference_choices
from core.history.stamp import Stamp

EDIT_ACTION = "edit"
_TABLES: Mapping[Subject, Table] = {
    Subject.CLASS: classes,
    Subject.CLUSTER: clusters,
    Subject.CROP: crops,
    Subject.DISCOVERY: discoveries,
    Subject.REFERENCE: reference_choices,
}
_UNIQUE = {"name_key": "name", "slot": "key"}


@dataclass(frozen=True, slots=True)
class Edit:
    """A typed, invertible delta: rows go alike from some values to others."""

    subject: Subject
    row_ids: tuple[int, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def inverse(self) -> "Edit":
        """The delta that takes this one back."""
        return Edit(self.subject, self.row_ids, self.after, self.before)


def apply_edits(
    connection: Connection, operation_id: int, made: Sequence[Edit], stamp: Stamp
) -> frozenset[Subject]:
    """Carry out edits in order and keep them with their action; the subjects that changed.

    Raises:
        UserError: a row is no longer what the edit starts from, or a name or key of a class is taken.
    """
    for edit in made:
        _apply(connection, edit)
    spelled = [{"operation_id": operation_id, **_spelled(edit)} for edit in made]
    if spelled:
        connection.execute(insert(edits), [_stored(values) for values in spelled])
    append_audit(connection, stamp, EDIT_ACTION, spelled)
    return frozenset(edit.subject for edit in made)


def edits_of(connection: Connection, operation_id: int) -> tuple[Edit, ...]:
    """What an action edited, in the order in which it did."""
    query = select(edits).where(edits.c.operation_id == operation_id).order_by(edits.c.id)
    return tuple(_edit(row) for row in connection.execute(query))


def referred_images(made: Iterable[Edit]) -> tuple[ImageId, ...]:
    """The images whose reference an action edits, each once."""
    ids = [row_id for edit in made if edit.subject is Subject.REFERENCE for row_id in edit.row_ids]
    return tuple(ImageId(row_id) for row_id in dict.fromkeys(ids))


def inverted(made: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits that take these back, last first."""
    return tuple(edit.inverse() for edit in reversed(tuple(made)))


def _apply(connection: Connection, edit: Edit) -> None:
    table = _TABLES[edit.subject]
    if edit.subject is Subject.CLASS:
        _refuse_taken(connection, edit)
        _refuse_in_use(connection, edit)
    chosen = table.c.id.in_(listed(edit.row_ids))
    still = [table.c[name].is_not_distinct_from(value) for name, value in edit.before.items()]
    found = connection.execute(select(func.count()).select_from(table).where(chosen, *still)).scalar()
    if found != len(edit.row_ids):
        raise _stale(edit.subject)
    connection.execute(update(table).where(chosen).values(dict(edit.after)))


def _stale(subject: Subject) -> UserError:
    if subject is Subject.REFERENCE:
        return UserError(
            "The change was not saved: the reference was chosen or moved otherwise since it was shown.",
            "Open the lot again and look at its present state.",
        )
    return UserError(
        "The change was not saved: classes or groups are no longer what was shown.",
        "Look at their present state and try again; on the classes screen, undo what came after.",
    )


def _refuse_taken(connection: Connection, edit: Edit) -> None:
    """Names and keys are unique; a redo may find them taken meanwhile."""
    for column, word in _UNIQUE.items():
        wanted = edit.after.get(column)
        if wanted is None:
            continue
        taken = (classes.c[column] == wanted) & classes.c.id.not_in(listed(edit.row_ids))
        holder = connection.execute(select(classes.c.name, classes.c.retired).where(taken)).first()
        if holder is not None:
            retired = " It is retired." if holder.retired else ""
            raise UserError(f"“{holder.name}” has that {word} already.{retired}", f"Choose another {word}.")


def _refuse_in_use(connection: Connection, edit: Edit) -> None:
    """The making of a class is undone only while nothing else bears it."""
    if not edit.after.get("withdrawn"):
        return
    ids = listed(edit.row_ids)
    images = select(judgements.c.image_id).where(judgements.c.class_id.in_(ids))
    groups = (
        select(clusters.c.id)
        .join(discoveries, discoveries.c.id == clusters.c.discovery_id)
        .where(clusters.c.class_id.in_(ids), discoveries.c.withdrawn == 0)
    )
    if connection.execute(union_all(images, groups).limit(1)).first() is not None:
        raise UserError(
            "The class cannot be unmade: images or groups bear it by now.",
            "Retire it, or merge it into another class.",
        )


def _spelled(edit: Edit) -> dict[str, Any]:
    return {
        "subject": edit.subject.value,
        "row_ids": list(edit.row_ids),
        "before": dict(edit.before),
        "after": dict(edit.after),
    }


def _stored(spelled: Mapping[str, Any]) -> dict[str, Any]:
    as_json = {
        name: json.dumps(spelled[name], separators=(",", ":")) for name in ("row_ids", "before", "after")
    }
    return {**spelled, **as_json}


def _edit(row: AnyRow) -> Edit:
    ids = tuple(json.loads(row.row_ids))
    return Edit(Subject(row.subject), ids, json.loads(row.before), json.loads(row.after))
