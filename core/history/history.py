"""The history's front door: one method per thing that the product does with what it keeps."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from core.history import audit, runs
from core.history.backup import back_up
from core.history.class_table import ClassTable
from core.history.database import Database, wal_reset_notice
from core.history.defect_states import DefectStates
from core.history.discoveries import Discoveries
from core.history.dispositions import Dispositions
from core.history.evidence import Evidence
from core.history.image_states import ImageStates
from core.history.kept_decisions import KeptDecisions
from core.history.kept_lots import KeptLots
from core.history.kept_runs import KeptRuns
from core.history.lock_file import LockFile
from core.history.migrations import MIGRATIONS, migrate
from core.history.search import Search
from core.history.sqlite_errors import sqlite_errors_as_sentences
from core.history.stamp import Stamp, stamp_now

_log = logging.getLogger(__name__)


class History(KeptLots, KeptRuns, KeptDecisions):
    """One reviewer's view of one history file. Usable from any thread; open one per file.

    Every method is one transaction. A change is on the disk when its method returns; when it raises, nothing of
    it was saved. Each may raise UserError when the disk or the file is at fault.

    Attributes:
        reviewer: who decides in this session.
        notices: sentences for the user about what was met, mended or copied at the opening.
        discoveries: groupings of a lot's crops, and the work on them.
        class_table: the class table's own undoable actions, and where classes came from.
        dispositions: what becomes of lots and wafers.
        search: finds images of all lots.
        evidence: what runs found, whether or not it is still the newest, and what decisions rest on.
        defect_states: what is known of the defects on wafers, counted by the database.
        image_states: the same of the images of lots without wafers.
    """

    def __init__(
        self, database: Database, lock: LockFile, reviewer: str, app_version: str, notices: tuple[str, ...]
    ) -> None:
        super().__init__(database, reviewer, app_version)
        self.notices = notices
        self._lock = lock
        with database.read() as connection:
            self._saved_head = audit.head_sha256(connection)
        self.discoveries = Discoveries(database, self._stamp)
        self.class_table = ClassTable(database, self._stamp)
        self.dispositions = Dispositions(database, self._stamp)
        self.search = Search(database)
        self.evidence = Evidence(database)
        self.defect_states = DefectStates(database)
        self.image_states = ImageStates(database)

    @classmethod
    def open(cls, file: Path, *, reviewer: str, app_version: str) -> "History":
        """Open a history, making or migrating it first.

        Args:
            file: the database; missing folders are made, the lock file stands beside it.
            reviewer: stands beside every decision.
            app_version: likewise.

        Raises:
            UserError: another program has it open, a newer one wrote it, or it cannot be read or written.
        """
        with ExitStack() as undo_on_error, sqlite_errors_as_sentences(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            lock = LockFile(file.with_name(f"{file.name}.lock"))
            undo_on_error.callback(lock.release)
            copy = migrate(file, MIGRATIONS, app_version=app_version)
            database = Database(file)
            undo_on_error.callback(database.close)
            interrupted = _close_interrupted_runs(database, stamp_now(reviewer, app_version))
            notices = _notices(lock.left_behind, copy, interrupted)
            undo_on_error.pop_all()
        return cls(database, lock, reviewer, app_version, notices)

    @property
    def is_closed(self) -> bool:
        """Whether its file was let go of."""
        return self._database.is_closed

    def close(self) -> None:
        """Close the file and let others have it. Closing twice does nothing."""
        self._database.close()
        self._lock.release()

    def __enter__(self) -> "History":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def verify_audit(
        self, known_head_sha256: str | None = None, check: Callable[[], None] = lambda: None
    ) -> audit.AuditReport:
        """Walk the audit chain, and compare decisions and judgements with it.

        Args:
            known_head_sha256: a head that an earlier report carries; it must still be part of the chain.
            check: called at every row; what it raises ends the walk.
        """
        with self._database.read() as connection:
            return audit.verify_audit(connection, known_head_sha256, check)

    def back_up_changes(self, folder: Path) -> Path | None:
        """Copy the history into a folder of dated backups, where something was audited since it was opened.

        Raises:
            UserError: the disk is at fault; the history goes on.
        """
        with self._database.read() as connection:
            head = audit.head_sha256(connection)
        if head == self._saved_head:
            return None
        copy = back_up(self._database.file, folder)
        self._saved_head = head
        return copy


def _close_interrupted_runs(database: Database, stamp: Stamp) -> int:
    with database.write() as connection:
        return runs.fail_interrupted_runs(connection, stamp)


def _notices(left_behind: str, copy: Path | None, interrupted: int) -> tuple[str, ...]:
    candidates = (
        wal_reset_notice(),
        f"The last session of {left_behind} ended abruptly; all that it saved is here."
        if left_behind
        else None,
        f"The history was brought up to date; the copy {copy} was made first." if copy else None,
        f"{interrupted} detection run(s) were interrupted." if interrupted else None,
    )
    notices = tuple(notice for notice in candidates if notice)
    for notice in notices:
        _log.info(notice)
    return notices
