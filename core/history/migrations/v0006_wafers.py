"""Schema 6: what a lot's defect file says of wafers and defects, and which image shows which defect. Frozen."""

import sqlite3

STATEMENTS = (
    """
    CREATE TABLE defect_files (
        lot_id INTEGER PRIMARY KEY REFERENCES lots (id),
        sha256 TEXT NOT NULL,
        wafers TEXT NOT NULL,
        class_names TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE defects (
        lot_id INTEGER NOT NULL REFERENCES lots (id),
        number INTEGER NOT NULL,
        wafer INTEGER NOT NULL,
        defect_id TEXT NOT NULL,
        die_x REAL,
        die_y REAL,
        x_in_die_um REAL,
        y_in_die_um REAL,
        x_on_wafer_um REAL,
        y_on_wafer_um REAL,
        size_um REAL,
        class_number REAL,
        PRIMARY KEY (lot_id, number)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE defect_images (
        lot_id INTEGER NOT NULL REFERENCES lots (id),
        image_name TEXT NOT NULL,
        number INTEGER NOT NULL,
        PRIMARY KEY (lot_id, image_name)
    ) WITHOUT ROWID
    """,
)


def apply(connection: sqlite3.Connection) -> None:
    """Create the tables."""
    for statement in STATEMENTS:
        connection.execute(statement)
