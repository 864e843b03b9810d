"""Whether a history and its files are sound, and mending what can be mended without inventing anything."""

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import UserError
from core.history.audit import AuditReport, verify_audit
from core.history.backup import schema_version
from core.history.database import Database
from core.history.lock_file import LockFile
from core.history.migrations import MIGRATIONS
from core.history.sqlite_errors import sqlite_errors_as_sentences

_STORED = re.compile(r"[0-9a-f]{64}\.(tif|png|npy)")
_REFERENCES = """
    SELECT map_file, lots.name || ': ' || images.name FROM predictions
      JOIN images ON images.id = image_id JOIN lots ON lots.id = lot_id WHERE map_file != ''
    UNION ALL SELECT mask_file, lots.name || ': ' || images.name FROM predictions
      JOIN images ON images.id = image_id JOIN lots ON lots.id = lot_id WHERE mask_file != ''
    UNION ALL SELECT embeddings_file, lots.name || ': groups' FROM discoveries
      JOIN lots ON lots.id = lot_id WHERE embeddings_file != ''
"""
_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What a check found.

    Attributes:
        schema: number of the file's schema.
        damage: what SQLite finds wrong with the file.
        dangling: rows that refer to rows that are not there, by table.
        audit: the walk along the audit chain; None where the file is too damaged or too old for it.
        missing, broken: stored results that are not there, or not what they were; each with what it belongs to.
        left_over: half-written files of a session that died.
        wal_bytes: that wait in the write-ahead log.
        repaired: what was mended, in sentences.
    """

    schema: int
    damage: tuple[str, ...]
    dangling: tuple[str, ...]
    audit: AuditReport | None
    missing: tuple[tuple[str, str], ...]
    broken: tuple[tuple[str, str], ...]
    left_over: tuple[Path, ...]
    wal_bytes: int
    repaired: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether decisions are safe and every stored result can be shown."""
        audited = self.audit is not None and self.audit.ok
        return audited and not (self.damage or self.dangling or self.missing or self.broken)

    @property
    def faults(self) -> tuple[str, ...]:
        """Everything that is wrong, a sentence each."""
        sentences = [f"SQLite finds damage: {line}." for line in self.damage]
        sentences += [f"Rows of {table} refer to rows that are not there." for table in self.dangling]
        if self.audit is None and not self.damage:
            sentences.append(
                f"Not checked further: the history is of an older Residua (schema {self.schema})."
            )
        if self.audit is not None and not self.audit.ok:
            sentences.append(f"The audit chain is broken: {self.audit.reason}")
        sentences += [f"Missing: result {name} ({owner})." for name, owner in self.missing]
        sentences += [f"Damaged: result {name} ({owner})." for name, owner in self.broken]
        sentences += [f"Half-written: {file.name}." for file in self.left_over]
        return tuple(sentences)

    @property
    def advice(self) -> str:
        """What to do about it."""
        if self.damage or self.dangling or (self.audit is not None and not self.audit.ok):
            return "Restore a backup: residua history restore FILE."
        if self.audit is None:
            return "Open the history once with this program, which brings it up to date, and check again."
        return "Measure the lots of missing results again; --repair removes damaged ones."


def check_history(file: Path, maps: Path, check: Callable[[], None] = lambda: None) -> HealthReport:
    """Look at everything and change nothing. A program may have the history open.

    Args:
        maps: folder of the stored results.
        check: called at every step; what it raises ends the check.

    Raises:
        UserError: there is no history, or it cannot be read at all.
    """
    _refuse_absent(file)
    wal = file.with_name(f"{file.name}-wal")
    wal_bytes = wal.stat().st_size if wal.exists() else 0
    with sqlite_errors_as_sentences(file), closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA query_only = ON")
        schema = schema_version(connection)
        if schema is None:
            raise UserError(f"{file} is no history.", "Restore a backup: residua history restore FILE.")
        damage = _damage(connection)
        dangling = tuple(sorted({str(row[0]) for row in connection.execute("PRAGMA foreign_key_check")}))
        stored = () if damage or schema < len(MIGRATIONS) else tuple(connection.execute(_REFERENCES))
    missing, broken = _unusable(stored, maps, check)
    return HealthReport(
        schema=schema,
        damage=damage,
        dangling=dangling,
        audit=None if damage or schema < len(MIGRATIONS) else _audit(file, None, check),
        missing=missing,
        broken=broken,
        left_over=tuple(sorted(maps.glob("*/*.partial"))),
        wal_bytes=wal_bytes,
    )


def verify_file(
    file: Path, head_sha256: str | None = None, check: Callable[[], None] = lambda: None
) -> AuditReport:
    """Walk the audit chain of a history, which may be open.

    Raises:
        UserError: there is no history, or it has the schema of another program.
    """
    _refuse_absent(file)
    with sqlite_errors_as_sentences(file), closing(sqlite3.connect(file)) as connection:
        schema = schema_version(connection)
    if schema != len(MIGRATIONS):
        raise UserError(
            f"The history {file} has schema {schema}, this program's is {len(MIGRATIONS)}.",
            "Open it once with this program; a newer one's needs an update.",
        )
    return _audit(file, head_sha256, check)


def repair_history(file: Path, maps: Path, found: HealthReport) -> tuple[str, ...]:
    """Mend what can be: indices, the write-ahead log, files that are in the way of measuring again.

    Decisions and audit rows are never touched; what is wrong with them only a backup mends.

    Returns:
        What was done, in sentences.

    Raises:
        UserError: a program has the history open, or it cannot be written.
    """
    done = []
    with sqlite_errors_as_sentences(file):
        lock = LockFile(file.with_name(f"{file.name}.lock"))
        try:
            with closing(sqlite3.connect(file, isolation_level=None)) as connection:
                if found.damage:
                    connection.execute("REINDEX")
                    done.append("The indices were built anew.")
                if found.wal_bytes:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    done.append(f"{found.wal_bytes:,} bytes of the write-ahead log went into the file.")
        finally:
            lock.release()
        done += _cleared(maps, found)
    return tuple(done)


def _refuse_absent(file: Path) -> None:
    if not file.is_file():
        raise UserError(f"There is no history {file}.", "It is made when the first lot is opened.")


def _damage(connection: sqlite3.Connection) -> tuple[str, ...]:
    found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({_MOST_LISTED})")]
    return () if found == ["ok"] else tuple(found)


def _audit(file: Path, head_sha256: str | None, check: Callable[[], None]) -> AuditReport:
    database = Database(file)
    try:
        with database.read() as connection:
            return verify_audit(connection, head_sha256, check)
    finally:
        database.close()


def _unusable(
    stored: tuple[tuple[str, str], ...], maps: Path, check: Callable[[], None]
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    missing, broken = [], []
    for name, owner in dict(stored).items():
        check()
        file = maps / name[:2] / name
        if not file.is_file():
            missing.append((name, owner))
        elif not _STORED.fullmatch(name) or hashlib.sha256(file.read_bytes()).hexdigest() != file.stem:
            broken.append((name, owner))
    return tuple(missing), tuple(broken)


def _cleared(maps: Path, found: HealthReport) -> Iterator[str]:
    """A damaged result would keep a new one of the same content from being written."""
    for name, owner in found.broken:
        (maps / name[:2] / name).unlink(missing_ok=True)
        yield f"The damaged result {name} ({owner}) was removed: measure it again."
    for file in found.left_over:
        file.unlink(missing_ok=True)
    if found.left_over:
        yield f"{len(found.left_over)} half-written file(s) were removed."
