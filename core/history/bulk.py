"""Many rows at once, past SQLAlchemy's work per row, which takes longer than SQLite itself."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Insert


def insert_rows(connection: Connection, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run an insert (or upsert) for every row.

    Args:
        connection: the writer.
        statement: without values of its own.
        rows: all with the same columns, two at least; plain values that SQLite takes as they are.
    """
    if not rows:
        return
    compiled = statement.compile(dialect=connection.dialect, column_keys=list(rows[0]))
    in_order = itemgetter(*(compiled.positiontup or ()))
    connection.exec_driver_sql(str(compiled), [in_order(row) for row in rows])
