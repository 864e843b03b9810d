"""Schema 5: predictions keep how an image lay on its reference; engineers choose references and shifts. Frozen."""

import sqlite3

from core.history.migrations.v0001_first_schema import APPEND_ONLY

STATEMENTS = (
    "ALTER TABLE predictions ADD COLUMN reference TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE predictions ADD COLUMN alignment TEXT",
    """
    CREATE TABLE reference_choices (
        id INTEGER PRIMARY KEY REFERENCES images (id),
        file TEXT,
        dx REAL,
        dy REAL,
        CHECK ((dx IS NULL) = (dy IS NULL))
    )
    """,
    # A check cannot be altered, so the table is made anew with one more subject.
    """
    CREATE TABLE edits_5 (
        id INTEGER PRIMARY KEY,
        operation_id INTEGER NOT NULL REFERENCES operations (id),
        subject TEXT NOT NULL CHECK (subject IN ('class', 'cluster', 'crop', 'discovery', 'reference')),
        row_ids TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL
    )
    """,
    "INSERT INTO edits_5 SELECT id, operation_id, subject, row_ids, before, after FROM edits",
    "DROP TABLE edits",
    "ALTER TABLE edits_5 RENAME TO edits",
    "CREATE INDEX edits_of_operation ON edits (operation_id, id)",
)


def apply(connection: sqlite3.Connection) -> None:
    """Add the columns and the table; edits stay append-only."""
    for statement in STATEMENTS:
        connection.execute(statement)
    for trigger in APPEND_ONLY:
        connection.execute(trigger.format(table="edits"))
