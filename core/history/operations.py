"""The undo stack, read from the operations table: it is the same after a restart.

A "do" is on the undo stack while no undo of it is in force. It is on the redo stack when the undo in force came
after the newest "do": a new action clears redo without touching a row.
"""

from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Select, func, insert, select, update

from core.history.schema import operations
from core.history.stamp import Stamp


class OperationKind(StrEnum):
    """What a user action did to the stack."""

    DO = "do"
    UNDO = "undo"
    REDO = "redo"


class Operation(NamedTuple):
    """One user action."""

    id: int
    title: str


def next_undo(connection: Connection) -> Operation | None:
    """What undo would take back."""
    return _first(
        connection, _done().where(operations.c.undone_by.is_(None)).order_by(operations.c.id.desc())
    )


def next_redo(connection: Connection) -> Operation | None:
    """What redo would bring back."""
    newest = (
        select(func.max(operations.c.id)).where(operations.c.kind == OperationKind.DO.value).scalar_subquery()
    )
    return _first(connection, _done().where(operations.c.undone_by > newest).order_by(operations.c.id))


def record_do(connection: Connection, title: str, stamp: Stamp) -> int:
    """Store a new action; its id."""
    return _record(connection, OperationKind.DO, title, None, stamp)


def record_undo(connection: Connection, target: Operation, stamp: Stamp) -> int:
    """Store an undo and take its target off the undo stack; the undo's id."""
    undo_id = _record(connection, OperationKind.UNDO, target.title, target.id, stamp)
    connection.execute(update(operations).where(operations.c.id == target.id).values(undone_by=undo_id))
    return undo_id


def record_redo(connection: Connection, target: Operation, stamp: Stamp) -> int:
    """Store a redo and put its target back on the undo stack; the redo's id."""
    redo_id = _record(connection, OperationKind.REDO, target.title, target.id, stamp)
    connection.execute(update(operations).where(operations.c.id == target.id).values(undone_by=None))
    return redo_id


def _record(
    connection: Connection, kind: OperationKind, title: str, target_id: int | None, stamp: Stamp
) -> int:
    values = {"title": title, "kind": kind.value, "target_id": target_id, "at_utc": stamp.at_utc}
    return connection.execute(insert(operations).values(values)).lastrowid


def _done() -> Select[tuple[int, str]]:
    return select(operations.c.id, operations.c.title).where(operations.c.kind == OperationKind.DO.value)


def _first(connection: Connection, query: Select[tuple[int, str]]) -> Operation | None:
    row = connection.execute(query.limit(1)).first()
    return None if row is None else Operation(row.id, row.title)
