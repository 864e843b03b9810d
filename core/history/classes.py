"""Defect classes: names may change, ids never do."""

from sqlalchemy import Connection, insert, select, update

from core.domain.decisions import DefectClass
from core.domain.errors import UserError
from core.domain.ids import ClassId
from core.history.audit import append_audit
from core.history.schema import AnyRow, classes
from core.history.stamp import Stamp


def list_classes(connection: Connection, *, include_retired: bool) -> tuple[DefectClass, ...]:
    """The classes in the order in which they were added."""
    query = select(classes).order_by(classes.c.id)
    if not include_retired:
        query = query.where(classes.c.retired == 0)
    return tuple(_defect_class(row) for row in connection.execute(query))


def add_class(
    connection: Connection, name: str, *, code: int | None, color: str, slot: int | None, stamp: Stamp
) -> DefectClass:
    """Add a class under a new id.

    Raises:
        UserError: the name is empty or taken, or the key is.
    """
    _refuse_name(connection, name, None)
    _refuse_slot(connection, slot)
    values = {
        "name": name.strip(),
        "name_key": _key(name),
        "code": code,
        "color": color,
        "slot": slot,
        "retired": 0,
    }
    class_id = ClassId(connection.execute(insert(classes).values(values)).lastrowid)
    append_audit(connection, stamp, "class_added", [{"class_id": class_id, **values}])
    return _find(connection, class_id)


def rename_class(connection: Connection, class_id: ClassId, name: str, stamp: Stamp) -> DefectClass:
    """Give a class another name; everything that is labelled with it follows.

    Raises:
        UserError: the name is empty or taken by another class.
    """
    before = _find(connection, class_id)
    _refuse_name(connection, name, class_id)
    values = {"name": name.strip(), "name_key": _key(name)}
    connection.execute(update(classes).where(classes.c.id == class_id).values(values))
    renamed = {"class_id": class_id, "before": before.name, "after": name.strip()}
    append_audit(connection, stamp, "class_renamed", [renamed])
    return _find(connection, class_id)


def retire_class(connection: Connection, class_id: ClassId, stamp: Stamp) -> DefectClass:
    """Offer a class no more and free its key; what is labelled with it keeps the label."""
    connection.execute(update(classes).where(classes.c.id == class_id).values(retired=1, slot=None))
    append_audit(connection, stamp, "class_retired", [{"class_id": class_id}])
    return _find(connection, class_id)


def _refuse_name(connection: Connection, name: str, own_id: ClassId | None) -> None:
    if not name.strip():
        raise UserError("A class needs a name.")
    holder = connection.execute(select(classes).where(classes.c.name_key == _key(name))).first()
    if holder is None or holder.id == own_id:
        return
    retired = " It is retired." if holder.retired else ""
    raise UserError(f"There is a class “{holder.name}” already.{retired}", "Choose another name.")


def _refuse_slot(connection: Connection, slot: int | None) -> None:
    holder = connection.execute(select(classes.c.name).where(classes.c.slot == slot)).scalar()
    if slot is not None and holder is not None:
        raise UserError(f"Key {slot} assigns “{holder}” already.", "Choose another key.")


def _key(name: str) -> str:
    return name.strip().casefold()


def _find(connection: Connection, class_id: ClassId) -> DefectClass:
    return _defect_class(connection.execute(select(classes).where(classes.c.id == class_id)).one())


def _defect_class(row: AnyRow) -> DefectClass:
    return DefectClass(ClassId(row.id), row.name, row.code, row.color, row.slot, bool(row.retired))
