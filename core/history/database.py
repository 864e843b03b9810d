"""One SQLite file: a single writer connection behind a lock, and readers on connections of their own.

The single writer is also the only one that checkpoints, which is what keeps SQLite 3.7.0 to 3.51.2 clear of the
WAL-reset bug; BEGIN IMMEDIATE keeps a transaction that reads before it writes from failing half-way.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Pool, QueuePool, StaticPool, create_engine, event

from core.history.sqlite_errors import sqlite_errors_as_sentences

BUSY_TIMEOUT_S = 10.0

_WRITER_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit is on the disk when it returns
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_size_limit = 67108864",
)
_READER_PRAGMAS = ("PRAGMA query_only = ON", "PRAGMA wal_autocheckpoint = 0")


class Database:
    """Transactions on one history file. Usable from any thread."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._closed = False
        self._writer = _engine(file, StaticPool, _WRITER_PRAGMAS, "BEGIN IMMEDIATE")
        self._readers = _engine(file, QueuePool, _READER_PRAGMAS, "BEGIN")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction on the one writer: durable when the block ends, undone if it raises.

        Raises:
            UserError: the disk or the file is at fault; nothing of the block was saved.
        """
        with self._lock, sqlite_errors_as_sentences(self.file):
            self._refuse_closed()
            with self._writer.begin() as connection:
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of what was committed when the block began.

        Raises:
            UserError: the disk or the file is at fault.
        """
        self._refuse_closed()
        with sqlite_errors_as_sentences(self.file), self._readers.begin() as connection:
            yield connection

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def close(self) -> None:
        """Close the readers, then the writer, which folds the WAL into the file."""
        with self._lock:
            self._closed = True
            self._readers.dispose()
            self._writer.dispose()

    def _refuse_closed(self) -> None:
        # A disposed engine would quietly connect again, without the lock file.
        if self._closed:
            raise RuntimeError("the history is closed")


def _engine(file: Path, pool: type[Pool], pragmas: tuple[str, ...], begin: str) -> Engine:
    def connect() -> sqlite3.Connection:
        # isolation_level None: the module must not begin transactions on its own.
        return sqlite3.connect(file, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)

    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    engine = create_engine("sqlite://", creator=connect, poolclass=pool)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def wal_reset_notice(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str | None:
    """What to tell of a SQLite that has the WAL-reset bug; None when it has not.

    Source:
        sqlite.org/wal.html, "The WAL-Reset Bug": 3.7.0 to 3.51.2, fixed in 3.51.3, 3.50.7 and 3.44.6.
    """
    backported = (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)
    if backported or not (3, 7, 0) <= version <= (3, 51, 2):
        return None
    number = ".".join(str(part) for part in version)
    return f"SQLite {number} has the WAL-reset bug; Residua's single writer is not affected by it."
