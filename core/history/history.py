"""The history's front door: one method per thing that the product does with what it keeps."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from core.domain.decisions import ClassDraft, Decision, DefectClass
from core.domain.ids import ImageId, LotId, RunId
from core.domain.lots import GivenPixelSize, Lot
from core.domain.recipes import Recipe
from core.domain.references import ReferenceChange
from core.domain.review import (
    Action,
    ChangeSet,
    JudgementChange,
    LotSummary,
    ReviewItem,
    Run,
    RunState,
    UndoScope,
)
from core.domain.wafers import LotSites
from core.history import (
    audit,
    classes,
    decisions,
    lot_list,
    lots,
    operations,
    pixel_sizes,
    references,
    relocation,
    review_items,
    runs,
    sites,
)
from core.history.backup import back_up
from core.history.class_table import ClassTable
from core.history.database import Database, wal_reset_notice
from core.history.defect_states import DefectStates
from core.history.discoveries import Discoveries
from core.history.dispositions import Dispositions
from core.history.evidence import Evidence
from core.history.lock_file import LockFile
from core.history.migrations import MIGRATIONS, migrate
from core.history.search import Search
from core.history.sqlite_errors import sqlite_errors_as_sentences
from core.history.stamp import Stamp, stamp_now

_log = logging.getLogger(__name__)


class History:
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
    """

    def __init__(
        self, database: Database, lock: LockFile, reviewer: str, app_version: str, notices: tuple[str, ...]
    ) -> None:
        self.notices = notices
        self._database = database
        self._lock = lock
        self.reviewer = reviewer
        self._app_version = app_version
        with database.read() as connection:
            self._saved_head = audit.head_sha256(connection)
        self.discoveries = Discoveries(database, self._stamp)
        self.class_table = ClassTable(database, self._stamp)
        self.dispositions = Dispositions(database, self._stamp)
        self.search = Search(database)
        self.evidence = Evidence(database)
        self.defect_states = DefectStates(database)

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

    # Lots

    def add_lot(self, lot: Lot) -> LotId:
        """Store a lot, or bring the stored one of the same source up to date; decisions stay.

        Raises:
            UserError: the lot's source is a path that is no text.
        """
        with self._database.write() as connection:
            return lots.add_lot(connection, lot, self._stamp())

    def list_lots(self) -> tuple[LotSummary, ...]:
        """The recent lots, newest opened first."""
        with self._database.read() as connection:
            return lot_list.list_lots(connection)

    def find_lot(self, name_or_source: str) -> LotId | None:
        """The lot with this source, else the newest opened with this name."""
        with self._database.read() as connection:
            return lot_list.find_lot(connection, name_or_source)

    def list_items(self, lot_id: LotId) -> tuple[ReviewItem, ...]:
        """The lot's images in lot order, each with its newest detection and its judgement."""
        with self._database.read() as connection:
            return review_items.list_items(connection, lot_id)

    def remember_position(self, lot_id: LotId, image_id: ImageId) -> None:
        """Note the image to come back to when the lot is opened again."""
        with self._database.write() as connection:
            lot_list.remember_position(connection, lot_id, image_id)

    def sites(self, lot_id: LotId) -> LotSites | None:
        """What the lot's defect file says of wafers and defects; None where the lot came without one."""
        with self._database.read() as connection:
            return sites.read_sites(connection, lot_id)

    def give_pixel_size(self, lot_id: LotId, nm: float | None, how: str, *, overrides: bool) -> None:
        """Keep the pixel size that a person gives a lot's images; None takes the last one back."""
        with self._database.write() as connection:
            pixel_sizes.give_pixel_size(connection, lot_id, nm, how, overrides=overrides, stamp=self._stamp())

    def given_pixel_size(self, lot_id: LotId) -> GivenPixelSize | None:
        """The pixel size that a person gave a lot's images; None where nobody did, or it was taken back."""
        with self._database.read() as connection:
            return pixel_sizes.given_pixel_size(connection, lot_id)

    def relocate(self, lot_id: LotId, moved: Mapping[ImageId, Path], new_root: Path | None) -> None:
        """Point images at where their bytes lie now.

        Args:
            new_root: where the lot as a whole lies now; None where it is scattered.

        Raises:
            UserError: another lot was opened from the new place.
        """
        with self._database.write() as connection:
            relocation.relocate(connection, lot_id, moved, new_root, self._stamp())

    # Runs

    def start_run(
        self, lot_id: LotId, *, recipe: Recipe, model_id: str, model_sha256: str, device: str
    ) -> RunId:
        """Open a run with all that makes it reproducible."""
        with self._database.write() as connection:
            return runs.start_run(
                connection,
                lot_id,
                recipe=recipe,
                model_id=model_id,
                model_sha256=model_sha256,
                device=device,
                stamp=self._stamp(),
            )

    def save_detections(self, run_id: RunId, rows: Sequence[runs.DetectionRow]) -> None:
        """Store a batch of (image id, detection, map file, mask file)."""
        with self._database.write() as connection:
            runs.save_detections(connection, run_id, rows)

    def finish_run(self, run_id: RunId, state: RunState) -> None:
        """Close a run."""
        with self._database.write() as connection:
            runs.finish_run(connection, run_id, state, self._stamp())

    def run(self, run_id: RunId) -> Run:
        """The run with this id."""
        with self._database.read() as connection:
            return runs.find_run(connection, run_id)

    def output_files(self, image_id: ImageId) -> tuple[str, str] | None:
        """Names of the image's newest map and mask file in the map store; None when there are none."""
        with self._database.read() as connection:
            return runs.output_files(connection, image_id)

    # Decisions

    def apply(self, title: str, changes: Sequence[JudgementChange]) -> ChangeSet:
        """Record a user action; it clears the lot's redo.

        Args:
            title: for the undo menu ("Label 3 images").
            changes: what it does; those that change nothing leave no row.

        Raises:
            UserError: a change starts from a judgement that is no longer the current one.
            ValueError: the images are of several lots.
        """
        with self._database.write() as connection:
            return decisions.apply_changes(connection, title, changes, self._stamp())

    def choose_references(self, title: str, lot_id: LotId, changes: Sequence[ReferenceChange]) -> ChangeSet:
        """Record what an engineer says of references of a lot, on the same undo as its decisions.

        Raises:
            UserError: a change starts from a choice that is no longer the current one.
        """
        with self._database.write() as connection:
            return references.choose(connection, title, lot_id, changes, self._stamp())

    def undo(self, scope: UndoScope = None) -> ChangeSet | None:
        """Take back the newest action, also of an earlier session; None when there is none.

        Args:
            scope: each lot has its own undo, and so has the class table; None takes the lot in which something was
                done last.
        """
        with self._database.write() as connection:
            return decisions.undo(connection, scope, self._stamp())

    def redo(self, scope: UndoScope = None) -> ChangeSet | None:
        """Bring back what was last undone; None when there is nothing. `scope` as for `undo`."""
        with self._database.write() as connection:
            return decisions.redo(connection, scope, self._stamp())

    def next_undo(self, scope: UndoScope = None) -> Action | None:
        """What `undo` would take back."""
        with self._database.read() as connection:
            target = operations.next_undo(connection, scope)
        return None if target is None else Action(target.title, target.lot_id)

    def next_redo(self, scope: UndoScope = None) -> Action | None:
        """What `redo` would bring back."""
        with self._database.read() as connection:
            target = operations.next_redo(connection, scope)
        return None if target is None else Action(target.title, target.lot_id)

    def decisions(self, lot_id: LotId) -> tuple[Decision, ...]:
        """Every decision on the lot's images, oldest first, undone ones and undos included."""
        with self._database.read() as connection:
            return decisions.list_decisions(connection, lot_id)

    def image_decisions(self, image_id: ImageId) -> tuple[Decision, ...]:
        """Every decision on one image, oldest first, undone ones and undos included."""
        with self._database.read() as connection:
            return decisions.list_image_decisions(connection, image_id)

    # Classes

    def list_classes(self, *, include_retired: bool = False) -> tuple[DefectClass, ...]:
        """The classes in the order in which they were added."""
        with self._database.read() as connection:
            return classes.list_classes(connection, include_retired=include_retired)

    def add_class(
        self, name: str, *, code: int | None = None, color: str = "#8ab4f8", slot: int | None = None
    ) -> DefectClass:
        """Add a class under a new id.

        Raises:
            UserError: the name is empty or taken (in any letter case), or the key is.
        """
        with self._database.write() as connection:
            return classes.add_class(connection, ClassDraft(name, code, color, slot), self._stamp())

    # Audit and safety

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

    def _stamp(self) -> Stamp:
        return stamp_now(self.reviewer, self._app_version)


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
