"""Schema 2: an action knows its lot, so that each lot has its own undo. Frozen, as every step is."""

import sqlite3

STATEMENTS = (
    "ALTER TABLE operations ADD COLUMN lot_id INTEGER REFERENCES lots (id)",
    """
    UPDATE operations SET lot_id = (
        SELECT images.lot_id FROM decisions JOIN images ON images.id = decisions.image_id
        WHERE decisions.operation_id = operations.id LIMIT 1
    )
    """,
    "CREATE INDEX operations_done_in_lot ON operations (lot_id, undone_by, id) WHERE kind = 'do'",
)


def apply(connection: sqlite3.Connection) -> None:
    """Add the column, fill it from the decisions of each action, and index it."""
    for statement in STATEMENTS:
        connection.execute(statement)
