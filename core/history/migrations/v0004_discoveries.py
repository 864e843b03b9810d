"""Schema 4: discoveries with crops and clusters, the life of a class, and edits beside decisions. Frozen."""

import sqlite3

from core.history.migrations.v0001_first_schema import APPEND_ONLY

STATEMENTS = (
    "ALTER TABLE classes ADD COLUMN description TEXT NOT NULL DEFAULT ''",
    """
    ALTER TABLE classes ADD COLUMN killer TEXT NOT NULL DEFAULT 'unknown'
    CHECK (killer IN ('yes', 'no', 'unknown'))
    """,
    "ALTER TABLE classes ADD COLUMN exemplars TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE classes ADD COLUMN merged_into INTEGER REFERENCES classes (id)",
    "ALTER TABLE classes ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1))",
    """
    CREATE TABLE discoveries (
        id INTEGER PRIMARY KEY,
        lot_id INTEGER NOT NULL REFERENCES lots (id),
        at_utc TEXT NOT NULL,
        reviewer TEXT NOT NULL,
        app_version TEXT NOT NULL,
        recipe_name TEXT NOT NULL,
        recipe_sha256 TEXT NOT NULL,
        recipe_json TEXT NOT NULL,
        model_id TEXT NOT NULL,
        model_sha256 TEXT NOT NULL,
        embeddings_file TEXT NOT NULL,
        known INTEGER NOT NULL,
        estimated_total INTEGER NOT NULL,
        lowest_total INTEGER NOT NULL,
        highest_total INTEGER NOT NULL,
        stability REAL NOT NULL,
        withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1))
    )
    """,
    "CREATE INDEX discoveries_of_lot ON discoveries (lot_id, id)",
    "CREATE INDEX discoveries_of_model ON discoveries (model_sha256, id)",
    """
    CREATE TABLE clusters (
        id INTEGER PRIMARY KEY,
        discovery_id INTEGER NOT NULL REFERENCES discoveries (id),
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        class_id INTEGER REFERENCES classes (id),
        state TEXT NOT NULL CHECK (state IN ('open', 'dismissed', 'dissolved')),
        stability REAL,
        UNIQUE (discovery_id, number)
    )
    """,
    "CREATE INDEX clusters_of_class ON clusters (class_id)",
    """
    CREATE TABLE crops (
        id INTEGER PRIMARY KEY,
        discovery_id INTEGER NOT NULL REFERENCES discoveries (id),
        position INTEGER NOT NULL,
        image_id INTEGER NOT NULL REFERENCES images (id),
        run_id INTEGER NOT NULL REFERENCES runs (id),
        x INTEGER NOT NULL,
        y INTEGER NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        left_px INTEGER NOT NULL,
        top_px INTEGER NOT NULL,
        side_px INTEGER NOT NULL,
        score REAL NOT NULL,
        confidence REAL NOT NULL,
        cluster_id INTEGER NOT NULL REFERENCES clusters (id)
    )
    """,
    "CREATE INDEX crops_of_discovery ON crops (discovery_id, position)",
    "CREATE INDEX crops_of_cluster ON crops (cluster_id)",
    "CREATE INDEX crops_of_image ON crops (image_id)",
    """
    CREATE TABLE class_births (
        id INTEGER PRIMARY KEY REFERENCES classes (id),
        at_utc TEXT NOT NULL,
        reviewer TEXT NOT NULL,
        app_version TEXT NOT NULL,
        discovery_id INTEGER NOT NULL REFERENCES discoveries (id),
        cluster_id INTEGER NOT NULL REFERENCES clusters (id),
        crops INTEGER NOT NULL,
        medoids TEXT NOT NULL,
        recipe_sha256 TEXT NOT NULL,
        model_sha256 TEXT NOT NULL,
        nearest_class TEXT NOT NULL,
        nearest_distance REAL
    )
    """,
    """
    CREATE TABLE edits (
        id INTEGER PRIMARY KEY,
        operation_id INTEGER NOT NULL REFERENCES operations (id),
        subject TEXT NOT NULL CHECK (subject IN ('class', 'cluster', 'crop', 'discovery')),
        row_ids TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL
    )
    """,
    "CREATE INDEX edits_of_operation ON edits (operation_id, id)",
)


def apply(connection: sqlite3.Connection) -> None:
    """Create the tables; births and edits are append-only."""
    for statement in STATEMENTS:
        connection.execute(statement)
    for table in ("class_births", "edits"):
        for trigger in APPEND_ONLY:
            connection.execute(trigger.format(table=table))
