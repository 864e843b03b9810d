"""SQLite's error codes as sentences, where the disk or the file is at fault and not we."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from core.domain.errors import UserError

_WITHOUT_IT = (
    "Put a backup in its place (residua history restore FILE; backups lie in the folder backups beside it), "
    "or set RESIDUA_HOME to another folder to begin a new history."
)
_SENTENCES = {
    sqlite3.SQLITE_FULL: (
        "The disk is full: the history {file} could not be written.",
        "Free some space and try again; nothing that was saved before is affected.",
    ),
    sqlite3.SQLITE_READONLY: (
        "The history {file} cannot be written.",
        "Make the file and its folder writable, or choose another home folder.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The history {file} cannot be opened.",
        "Check that its folder exists and that you may write to it.",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk failed while the history {file} was used.",
        "Check the drive; the last change was not saved.",
    ),
    sqlite3.SQLITE_BUSY: (
        "Another program holds the history {file}.",
        "Close the program that has the file open and try again.",
    ),
    sqlite3.SQLITE_CORRUPT: ("The history {file} is damaged.", _WITHOUT_IT),
    sqlite3.SQLITE_NOTADB: ("{file} is not a history.", _WITHOUT_IT),
}


@contextmanager
def sqlite_errors_as_sentences(file: Path) -> Iterator[None]:
    """Turn what SQLite reports of the environment into a UserError; let everything else pass.

    Raises:
        UserError: the disk is full or failing, or the file is read-only, held, damaged or foreign.
    """
    try:
        yield
    except DBAPIError as error:
        raise _sentence(error.orig, file) or error from error
    except sqlite3.Error as error:
        raise _sentence(error, file) or error from error
    except OSError as error:
        message = f"The history {file} cannot be used: {error.strerror}."
        raise UserError(message, "Check its folder and your rights in it.") from error


def _sentence(error: BaseException | None, file: Path) -> UserError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    if code not in _SENTENCES:
        return None
    message, hint = _SENTENCES[code]
    return UserError(message.format(file=file), hint)
