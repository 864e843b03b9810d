"""Brings a history file to the present schema: each step in one transaction, the file copied first."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.domain.errors import UserError
from core.history.sqlite_copy import copy_database


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: `apply` runs inside a transaction and must not commit (no executescript)."""

    number: int
    title: str
    apply: Callable[[sqlite3.Connection], None]


def migrate(file: Path, migrations: Sequence[Migration], *, app_version: str) -> Path | None:
    """Apply the steps that the file lacks; a file that is not there is created.

    Args:
        file: the database.
        migrations: all steps, oldest first, numbered from 1 without gaps.
        app_version: recorded with each step.

    Returns:
        The copy made first; None when there was nothing to do or nothing to lose.

    Raises:
        UserError: a newer program wrote the file, or it is another program's.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        present = _schema_version(connection, file)
        _refuse_newer(file, present, migrations[-1].number)
        pending = [migration for migration in migrations if migration.number > present]
        copy = _copy_first(connection, file, present) if pending and present else None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        for migration in pending:
            _apply(connection, migration, app_version)
    return copy


def _schema_version(connection: sqlite3.Connection, file: Path) -> int:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return 0
    if "schema_version" not in tables:
        raise UserError(f"{file} is a database of another program.", "Choose another file for the history.")
    return int(connection.execute("SELECT max(version) FROM schema_version").fetchone()[0])


def _refuse_newer(file: Path, present: int, newest: int) -> None:
    if present > newest:
        raise UserError(
            f"The history {file} was written by a newer Residua (schema {present}, this one knows {newest}).",
            "Update Residua, or open the copy that was made before the update.",
        )


def _copy_first(connection: sqlite3.Connection, file: Path, version: int) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy = file.with_name(f"{file.stem}.schema{version}.{moment}{file.suffix}")
    copy_database(connection, copy)
    return copy


def _apply(connection: sqlite3.Connection, migration: Migration, app_version: str) -> None:
    with _transaction(connection):
        migration.apply(connection)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version ("
            "version INTEGER PRIMARY KEY, title TEXT NOT NULL, app_version TEXT NOT NULL, "
            "applied_at_utc TEXT NOT NULL)"
        )
        connection.execute(
            "INSERT INTO schema_version VALUES (?, ?, ?, ?)",
            (migration.number, migration.title, app_version, datetime.now(UTC).isoformat()),
        )
        _refuse_dangling(connection, migration)


def _refuse_dangling(connection: sqlite3.Connection, migration: Migration) -> None:
    dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    if dangling:
        raise sqlite3.IntegrityError(f"migration {migration.number} leaves dangling rows in {dangling[0]}")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
