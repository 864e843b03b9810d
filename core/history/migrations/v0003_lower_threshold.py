"""Schema 3: a prediction keeps both thresholds that were in force. Frozen, as every step is."""

import sqlite3


def apply(connection: sqlite3.Connection) -> None:
    """Add the lower one; earlier results do not know theirs."""
    connection.execute("ALTER TABLE predictions ADD COLUMN unknown_at REAL")
