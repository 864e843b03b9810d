"""Defect classes: names may change, ids never do, and a row is never deleted."""

import json
from typing import Any

from sqlalchemy import Connection, func, insert, select

from core.domain.decisions import ClassDraft, DefectClass, Killer
from core.domain.errors import UserError
from core.domain.ids import ClassId, CropId
from core.domain.lengths import CLASS_NAME_LENGTH
from core.domain.review import Subject
from core.history.audit import append_audit
from core.history.edits import Edit
from core.history.schema import AnyRow, classes
from core.history.stamp import Stamp


def list_classes(connection: Connection, *, include_retired: bool) -> tuple[DefectClass, ...]:
    """The classes in the order in which they were added; those whose making was undone are left out."""
    query = select(classes).where(classes.c.withdrawn == 0).order_by(classes.c.id)
    if not include_retired:
        query = query.where(classes.c.retired == 0)
    return tuple(_defect_class(row) for row in connection.execute(query))


def find_class(connection: Connection, class_id: ClassId) -> DefectClass:
    """The class with this id."""
    return _defect_class(connection.execute(select(classes).where(classes.c.id == class_id)).one())


def add_class(connection: Connection, draft: ClassDraft, stamp: Stamp) -> DefectClass:
    """Add a class under a new id, outside of undo.

    Raises:
        UserError: the name is empty or taken, or the key is.
    """
    refuse_name(connection, draft.name, None)
    refuse_slot(connection, draft.slot, None)
    values = class_values(draft) | {"retired": int(draft.retired), "withdrawn": 0}
    class_id = ClassId(connection.execute(insert(classes).values(values)).lastrowid)
    append_audit(connection, stamp, "class_added", [{"class_id": class_id, **values}])
    return find_class(connection, class_id)


def make_class(connection: Connection, draft: ClassDraft) -> tuple[ClassId, Edit]:
    """Put a withdrawn class into the table; the edit, which has yet to be applied, brings it to life.

    Raises:
        UserError: the name is empty or taken, or the key is.
    """
    refuse_name(connection, draft.name, None)
    refuse_slot(connection, draft.slot, None)
    class_id = ClassId((connection.execute(select(func.max(classes.c.id))).scalar() or 0) + 1)
    values = class_values(draft) | {"retired": int(draft.retired)}
    asleep = {"name_key": f"#{class_id}", "slot": None, "withdrawn": 1}
    connection.execute(insert(classes).values(values | asleep | {"id": class_id}))
    alive = {"name_key": values["name_key"], "slot": draft.slot, "withdrawn": 0}
    return class_id, Edit(Subject.CLASS, (class_id,), asleep, alive)


def class_edit(before: DefectClass, after: DefectClass) -> Edit:
    """The edit that takes a class from one state to another."""
    old, new = (class_values(state) | _standing(state) for state in (before, after))
    changed = [name for name in old if old[name] != new[name]]
    return Edit(
        Subject.CLASS,
        (before.id,),
        {name: old[name] for name in changed},
        {name: new[name] for name in changed},
    )


def class_values(draft: ClassDraft | DefectClass) -> dict[str, Any]:
    """The columns that a draft has too."""
    return {
        "name": draft.name.strip(),
        "name_key": draft.name.strip().casefold(),
        "code": draft.code,
        "color": draft.color,
        "slot": draft.slot,
        "description": draft.description.strip(),
        "killer": draft.killer.value,
        "exemplars": json.dumps([int(crop_id) for crop_id in draft.exemplars], separators=(",", ":")),
    }


def refuse_name(connection: Connection, name: str, own_id: ClassId | None) -> None:
    """See that a name may be given.

    Raises:
        UserError: it is empty or too long, or another class has it.
    """
    if not name.strip():
        raise UserError("A class needs a name.")
    key = name.strip().casefold()
    holder = connection.execute(select(classes).where(classes.c.name_key == key)).first()
    if holder is not None and holder.id == own_id:
        return
    if len(name.strip()) > CLASS_NAME_LENGTH:
        raise UserError(f"A class name has {CLASS_NAME_LENGTH} characters at most.", "Shorten it.")
    if holder is not None:
        retired = " It is retired." if holder.retired else ""
        raise UserError(f"There is a class “{holder.name}” already.{retired}", "Choose another name.")


def refuse_slot(connection: Connection, slot: int | None, own_id: ClassId | None) -> None:
    """See that a number key is free.

    Raises:
        UserError: another class has it.
    """
    holder = connection.execute(select(classes.c.id, classes.c.name).where(classes.c.slot == slot)).first()
    if slot is not None and holder is not None and holder.id != own_id:
        raise UserError(f"Key {slot} assigns “{holder.name}” already.", "Choose another key.")


def _standing(state: DefectClass) -> dict[str, Any]:
    return {"retired": int(state.retired), "merged_into": state.merged_into}


def _defect_class(row: AnyRow) -> DefectClass:
    return DefectClass(
        id=ClassId(row.id),
        name=row.name,
        code=row.code,
        color=row.color,
        slot=row.slot,
        retired=bool(row.retired),
        description=row.description,
        killer=Killer(row.killer),
        exemplars=tuple(CropId(crop_id) for crop_id in json.loads(row.exemplars)),
        merged_into=None if row.merged_into is None else ClassId(row.merged_into),
    )
