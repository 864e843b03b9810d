"""Backups: whole copies beside the history, made while it is in use, and put back when it is lost."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from core.domain.errors import UserError
from core.history.lock_file import LockFile
from core.history.sqlite_copy import copy_database
from core.history.sqlite_errors import sqlite_errors_as_sentences

BACKUP_FOLDER = "backups"
BACKUPS_KEPT = 10
_COMPANIONS = ("-wal", "-shm")
_FAULTS_OF_COPY = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def back_up(file: Path, folder: Path, keep: int = BACKUPS_KEPT) -> Path:
    """Copy a history, which may be open and written to meanwhile, under a name with the moment.

    Args:
        folder: made when it is not there.
        keep: backups that stay in the folder; older ones are removed.

    Returns:
        The copy.

    Raises:
        UserError: there is no history, or the disk is at fault; no half copy is left.
    """
    copy = folder / f"{file.stem}.{_moment()}{file.suffix}"
    save_copy(file, copy)
    for outdated in list_backups(file, folder)[max(keep, 1) :]:
        outdated.unlink(missing_ok=True)
    return copy


def save_copy(file: Path, to: Path) -> None:
    """Copy a history, which may be in use, to a file.

    Raises:
        UserError: there is no history, or the disk is at fault; no half copy is left.
    """
    if not file.is_file():
        raise UserError(f"There is no history {file}.", "It is made when the first lot is opened.")
    with sqlite_errors_as_sentences(file), closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # checkpoints belong to the one writer
        connection.execute(
            "PRAGMA schema_version"
        )  # reads the file: what fails later is not the history's fault
        with _faults_of_copy(to):
            copy_database(connection, to)


@contextmanager
def _faults_of_copy(to: Path) -> Iterator[None]:
    hint = "Choose another --out file, or free some space."
    try:
        yield
    except OSError as error:
        raise UserError(f"The backup {to} cannot be written: {error.strerror}.", hint) from error
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _FAULTS_OF_COPY:
            raise
        raise UserError(f"The backup {to} cannot be written: {error}.", hint) from error


def list_backups(file: Path, folder: Path) -> list[Path]:
    """The backups of a history, the newest first."""
    dated = f"{file.stem}.????????T????????????{file.suffix}"
    return sorted(folder.glob(dated), reverse=True)


def restore(backup: Path, file: Path, newest_schema: int) -> Path | None:
    """Put a backup in a history's place.

    Args:
        newest_schema: that this program knows.

    Returns:
        Where the history that was there lies now; None where there was none.

    Raises:
        UserError: the backup is none, is damaged or of a newer program; or a program has the history open. Nothing
            was changed.
    """
    _refuse_unfit(backup, newest_schema)
    with sqlite_errors_as_sentences(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = LockFile(file.with_name(f"{file.name}.lock"))
        try:
            replaced = _keep_present(file)
            _clear_wal(file)
            with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                copy_database(connection, file)
        finally:
            lock.release()
    return replaced


def _refuse_unfit(backup: Path, newest_schema: int) -> None:
    if not backup.is_file():
        raise UserError(f"There is no backup {backup}.", "Choose a file of the folder backups.")
    with (
        sqlite_errors_as_sentences(backup),
        closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as connection,
    ):
        version = schema_version(connection)
        damage = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if version is None:
        raise UserError(f"{backup} is no history.", "Choose a file of the folder backups.")
    if version > newest_schema:
        raise UserError(
            f"The backup {backup} was written by a newer Residua (schema {version}, this one knows"
            f" {newest_schema}).",
            "Update Residua, or choose another backup.",
        )
    if damage != "ok":
        raise UserError(f"The backup {backup} is damaged: {damage}.", "Choose another backup.")


def schema_version(connection: sqlite3.Connection) -> int | None:
    """The number of the last migration; None where the file is no history."""
    try:
        found = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    except sqlite3.OperationalError:
        return None
    return None if found is None or found[0] is None else int(found[0])


def _keep_present(file: Path) -> Path | None:
    """Copy what is there. What its WAL holds is folded into it first: should the rest fail, nothing is missing."""
    if not file.exists():
        return None
    _fold_wal(file)
    kept = file.with_name(f"{file.stem}.replaced.{_moment()}{file.suffix}")
    for suffix in ("", *_COMPANIONS):
        present = file.with_name(f"{file.name}{suffix}")
        if present.exists():
            shutil.copy2(present, kept.with_name(f"{kept.name}{suffix}"))
            _flush(kept.with_name(f"{kept.name}{suffix}"))
    return kept


def _fold_wal(file: Path) -> None:
    """A file too damaged for that keeps its WAL; the copy has both.

    Raises:
        UserError: a program reads it.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.DatabaseError:
        return
    if busy:
        raise UserError(f"A program has {file} open.", "Close it, then restore.")


def _clear_wal(file: Path) -> None:
    """It must not reach the backup's pages."""
    for suffix in _COMPANIONS:
        file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)


def _flush(file: Path) -> None:
    with file.open("rb+") as stream:
        os.fsync(stream.fileno())


def _moment() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
