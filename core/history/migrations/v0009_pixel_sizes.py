"""Schema 9: pixel sizes that people give where an instrument did not, or wrongly. Frozen."""

import sqlite3

from core.history.migrations.v0001_first_schema import APPEND_ONLY

TABLE = """
    CREATE TABLE pixel_sizes (
        id INTEGER PRIMARY KEY,
        lot_id INTEGER NOT NULL REFERENCES lots (id),
        nm REAL CHECK (nm > 0),
        how TEXT NOT NULL,
        overrides INTEGER NOT NULL CHECK (overrides IN (0, 1)),
        reviewer TEXT NOT NULL,
        at_utc TEXT NOT NULL,
        app_version TEXT NOT NULL
    )
    """


def apply(connection: sqlite3.Connection) -> None:
    """Create the table; the newest row of a lot counts, and rows are only added."""
    connection.execute(TABLE)
    connection.execute("CREATE INDEX pixel_sizes_of_lot ON pixel_sizes (lot_id, id)")
    for trigger in APPEND_ONLY:
        connection.execute(trigger.format(table="pixel_sizes"))
