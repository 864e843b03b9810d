"""Copies a live database, whole, to a place where it appears at once or not at all."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def copy_database(connection: sqlite3.Connection, to: Path) -> None:
    """Write a consistent copy, with all that is committed now.

    Args:
        connection: an open connection; other connections may go on writing.
        to: the copy; replaced if it is there. Missing folders are made.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = to.with_name(f"{to.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(partial)) as target:
            connection.backup(target)
            # A copy is one file: without this it would leave a -wal beside it.
            target.execute("PRAGMA journal_mode = DELETE")
        _flush(partial)
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)


def _flush(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())
