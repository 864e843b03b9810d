"""Schema 1: the first tables. Frozen: a change to the schema is a new migration, never an edit here."""

import sqlite3

STATEMENTS = (
    """
    CREATE TABLE lots (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        source TEXT NOT NULL UNIQUE,
        root TEXT NOT NULL,
        opened_at_utc TEXT NOT NULL,
        last_image_id INTEGER REFERENCES images (id),
        hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))
    )
    """,
    """
    CREATE TABLE images (
        id INTEGER PRIMARY KEY,
        lot_id INTEGER NOT NULL REFERENCES lots (id),
        position INTEGER NOT NULL,
        superseded INTEGER NOT NULL DEFAULT 0 CHECK (superseded IN (0, 1)),
        path TEXT NOT NULL,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        reason TEXT NOT NULL,
        page INTEGER NOT NULL,
        height INTEGER NOT NULL,
        width INTEGER NOT NULL,
        bit_depth INTEGER NOT NULL,
        content_height INTEGER NOT NULL,
        pixel_size_nm REAL,
        pixel_size_source TEXT,
        reference TEXT,
        label TEXT,
        UNIQUE (lot_id, name, sha256)
    )
    """,
    "CREATE INDEX images_in_lot_order ON images (lot_id, superseded, position)",
    """
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        lot_id INTEGER NOT NULL REFERENCES lots (id),
        recipe_name TEXT NOT NULL,
        recipe_version INTEGER NOT NULL,
        recipe_sha256 TEXT NOT NULL,
        recipe_json TEXT NOT NULL,
        model_id TEXT NOT NULL,
        model_sha256 TEXT NOT NULL,
        device TEXT NOT NULL,
        app_version TEXT NOT NULL,
        started_at_utc TEXT NOT NULL,
        ended_at_utc TEXT,
        state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'cancelled', 'failed'))
    )
    """,
    "CREATE INDEX runs_of_lot ON runs (lot_id, id)",
    """
    CREATE TABLE predictions (
        image_id INTEGER NOT NULL REFERENCES images (id),
        run_id INTEGER NOT NULL REFERENCES runs (id),
        score REAL,
        verdict TEXT CHECK (verdict IN ('ok', 'unknown', 'ng')),
        threshold REAL NOT NULL,
        area_px INTEGER NOT NULL,
        regions TEXT NOT NULL,
        error TEXT NOT NULL,
        map_file TEXT NOT NULL,
        mask_file TEXT NOT NULL,
        PRIMARY KEY (image_id, run_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE classes (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL UNIQUE,
        code INTEGER,
        color TEXT NOT NULL,
        slot INTEGER UNIQUE CHECK (slot BETWEEN 0 AND 9),
        retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
    )
    """,
    """
    CREATE TABLE operations (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('do', 'undo', 'redo')),
        target_id INTEGER REFERENCES operations (id),
        undone_by INTEGER REFERENCES operations (id),
        at_utc TEXT NOT NULL,
        CHECK ((kind = 'do') = (target_id IS NULL))
    )
    """,
    "CREATE INDEX operations_done ON operations (undone_by, id) WHERE kind = 'do'",
    """
    CREATE TABLE decisions (
        id INTEGER PRIMARY KEY,
        image_id INTEGER NOT NULL REFERENCES images (id),
        before_verdict TEXT,
        before_class_id INTEGER REFERENCES classes (id),
        before_killer TEXT NOT NULL,
        before_note TEXT NOT NULL,
        after_verdict TEXT,
        after_class_id INTEGER REFERENCES classes (id),
        after_killer TEXT NOT NULL,
        after_note TEXT NOT NULL,
        reviewer TEXT NOT NULL,
        decided_at_utc TEXT NOT NULL,
        recipe_sha256 TEXT NOT NULL,
        model_sha256 TEXT NOT NULL,
        app_version TEXT NOT NULL,
        operation_id INTEGER NOT NULL REFERENCES operations (id),
        undo_of INTEGER REFERENCES decisions (id)
    )
    """,
    "CREATE INDEX decisions_of_image ON decisions (image_id, id)",
    "CREATE INDEX decisions_of_operation ON decisions (operation_id, id)",
    """
    CREATE TABLE judgements (
        image_id INTEGER PRIMARY KEY REFERENCES images (id),
        verdict TEXT CHECK (verdict IN ('real', 'nuisance', 'false', 'non_visual', 'cannot_determine')),
        class_id INTEGER REFERENCES classes (id),
        killer TEXT NOT NULL CHECK (killer IN ('yes', 'no', 'unknown')),
        note TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        at_utc TEXT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        payload TEXT NOT NULL,
        prev_sha256 TEXT NOT NULL,
        sha256 TEXT NOT NULL
    )
    """,
)

# REPLACE deletes without firing delete triggers, hence the third one.
APPEND_ONLY = (
    """
    CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
    """,
    """
    CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
    """,
    """
    CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
    """,
)


def apply(connection: sqlite3.Connection) -> None:
    """Create every table, index and trigger."""
    for statement in STATEMENTS:
        connection.execute(statement)
    for table in ("decisions", "audit"):
        for trigger in APPEND_ONLY:
            connection.execute(trigger.format(table=table))
