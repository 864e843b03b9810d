"""The undo stacks, one a lot, read from the operations table: they are the same after a restart.

A "do" is on the undo stack while no undo of it is in force. It is on the redo stack when the undo in force came
after the lot's newest "do": a new action clears redo without touching a row. Lots have no image in common, so their
stacks never meet; read as one (lot None), the newest comes first.
"""

from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from core.domain.ids import LotId
from core.domain.review import UndoScope
from core.history.schema import operations
from core.history.stamp import Stamp

_COLUMNS = (operations.c.id, operations.c.title, operations.c.lot_id)


class OperationKind(StrEnum):
    """What a user action did to the stack."""

    DO = "do"
    UNDO = "undo"
    REDO = "redo"


class Operation(NamedTuple):
    """One user action."""

    id: int
    title: str
    lot_id: LotId | None


def next_undo(connection: Connection, scope: UndoScope) -> Operation | None:
    """What undo would take back."""
    undoable = select(*_COLUMNS).where(*_done_in(scope), operations.c.undone_by.is_(None))
    return _first(connection, undoable.order_by(operations.c.id.desc()))


def next_redo(connection: Connection, scope: UndoScope) -> Operation | None:
    """What redo would bring back."""
    newest = select(func.max(operations.c.id)).where(*_done_in(scope)).scalar_subquery()
    undone = select(*_COLUMNS).where(*_done_in(scope), operations.c.undone_by > newest)
    return _first(connection, undone.order_by(operations.c.undone_by.desc()))


def record_do(connection: Connection, title: str, lot_id: LotId | None, stamp: Stamp) -> int:
    """Store a new action of a lot, or (None) on the class table; its id."""
    return _record(connection, OperationKind.DO, title, lot_id, None, stamp)


def record_undo(connection: Connection, target: Operation, stamp: Stamp) -> int:
    """Store an undo and take its target off the undo stack; the undo's id."""
    undo_id = _record(connection, OperationKind.UNDO, target.title, target.lot_id, target.id, stamp)
    connection.execute(update(operations).where(operations.c.id == target.id).values(undone_by=undo_id))
    return undo_id


def record_redo(connection: Connection, target: Operation, stamp: Stamp) -> int:
    """Store a redo and put its target back on the undo stack; the redo's id."""
    redo_id = _record(connection, OperationKind.REDO, target.title, target.lot_id, target.id, stamp)
    connection.execute(update(operations).where(operations.c.id == target.id).values(undone_by=None))
    return redo_id


def _record(
    connection: Connection,
    kind: OperationKind,
    title: str,
    lot_id: LotId | None,
    target_id: int | None,
    stamp: Stamp,
) -> int:
    values = {"title": title, "kind": kind.value, "target_id": target_id, "at_utc": stamp.at_utc}
    return connection.execute(insert(operations).values(values | {"lot_id": lot_id})).lastrowid


def _done_in(scope: UndoScope) -> list[ColumnElement[bool]]:
    done = operations.c.kind == OperationKind.DO.value
    if scope is None:
        return [done, operations.c.lot_id.is_not(None)]
    return [done, operations.c.lot_id.is_(None) if scope == "classes" else operations.c.lot_id == scope]


def _first(connection: Connection, query: Select[tuple[int, str, int]]) -> Operation | None:
    row = connection.execute(query.limit(1)).first()
    if row is None:
        return None
    return Operation(row.id, row.title, None if row.lot_id is None else LotId(row.lot_id))
