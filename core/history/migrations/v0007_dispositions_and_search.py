"""Schema 7: what becomes of lots and wafers, signed by two; indices to search old lots by. Frozen."""

import sqlite3

from core.history.migrations.v0001_first_schema import APPEND_ONLY

STATEMENTS = (
    """
    CREATE TABLE dispositions (
        id INTEGER PRIMARY KEY,
        lot_id INTEGER NOT NULL REFERENCES lots (id),
        wafer TEXT NOT NULL,
        word TEXT NOT NULL CHECK (word IN ('release', 'hold', 'rework', 'scrap', 'engineering_review', 'retest',
            'use_as_is')),
        reason TEXT NOT NULL,
        owner TEXT NOT NULL,
        due TEXT NOT NULL,
        reviewer TEXT NOT NULL,
        at_utc TEXT NOT NULL,
        app_version TEXT NOT NULL
    )
    """,
    "CREATE INDEX dispositions_of_lot ON dispositions (lot_id, wafer, id)",
    """
    CREATE TABLE countersigns (
        id INTEGER PRIMARY KEY,
        disposition_id INTEGER NOT NULL UNIQUE REFERENCES dispositions (id),
        reviewer TEXT NOT NULL,
        at_utc TEXT NOT NULL,
        app_version TEXT NOT NULL
    )
    """,
    # Three letters at a time: finds parts of words, and words of scripts that put no spaces between them.
    "CREATE VIRTUAL TABLE image_names USING fts5(name, tokenize='trigram')",
    "CREATE VIRTUAL TABLE decision_notes USING fts5(note, tokenize='trigram')",
    "CREATE INDEX images_of_content ON images (sha256)",
    "CREATE INDEX judgements_of_class ON judgements (class_id) WHERE class_id IS NOT NULL",
)


def apply(connection: sqlite3.Connection) -> None:
    """Create the tables; the indices are filled when somebody searches."""
    for statement in STATEMENTS:
        connection.execute(statement)
    for table in ("dispositions", "countersigns"):
        for trigger in APPEND_ONLY:
            connection.execute(trigger.format(table=table))
