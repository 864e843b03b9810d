"""Schema 8: a prediction keeps the class that the model takes the image for, and how sure it is. Frozen."""

import sqlite3


def apply(connection: sqlite3.Connection) -> None:
    """Add both; earlier results name none."""
    connection.execute("ALTER TABLE predictions ADD COLUMN guess TEXT")
    connection.execute("ALTER TABLE predictions ADD COLUMN guess_confidence REAL")
