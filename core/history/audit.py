"""The audit trail: append-only rows, each hashed with the one before it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Table, func, insert, or_, select, union_all

from core.history.bulk import insert_rows
from core.history.schema import AnyRow, audit, countersigns, decisions, dispositions, judgements, pixel_sizes
from core.history.stamp import Stamp

GENESIS_SHA256 = "0" * 64
DECISION_ACTION, DISPOSITION_ACTION, COUNTERSIGN_ACTION = "decision", "disposition", "countersign"
PIXEL_SIZE_ACTION = "pixel size"
_WITNESSED = {
    DECISION_ACTION: decisions,
    DISPOSITION_ACTION: dispositions,
    COUNTERSIGN_ACTION: countersigns,
    PIXEL_SIZE_ACTION: pixel_sizes,
}  # tables whose every row stands in the audit trail too, under the action's name
_Stored = Mapping[str, Iterator[Mapping[str, Any]]]
_JUDGED = ("verdict", "class_id", "killer", "note")


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a walk along the chain found.

    Attributes:
        ok: whether nothing was changed, taken out or put in.
        rows: rows that were found good, from the first.
        head_sha256: of the last good row: write it down elsewhere, and a cut tail shows.
        first_bad_row: number of the row where the chain breaks, if it does at a row.
        reason: empty, or what is wrong in a sentence.
    """

    ok: bool
    rows: int
    head_sha256: str
    first_bad_row: int | None = None
    reason: str = ""


def append_audit(
    connection: Connection, stamp: Stamp, action: str, payloads: Iterable[Mapping[str, Any]]
) -> None:
    """Append one row per payload, in the caller's transaction."""
    last, head = _head(connection)
    rows = []
    for number, payload in enumerate(payloads, start=last + 1):
        row = {"id": number, "at_utc": stamp.at_utc, "actor": stamp.reviewer, "action": action}
        row |= {"payload": canonical_json(payload), "prev_sha256": head}
        head = _row_sha256(row)
        rows.append(row | {"sha256": head})
    insert_rows(connection, insert(audit), rows)


def canonical_json(value: Mapping[str, Any]) -> str:
    """The one spelling of a value: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def verify_audit(
    connection: Connection, known_head_sha256: str | None = None, check: Callable[[], None] = lambda: None
) -> AuditReport:
    """Walk the chain and compare decisions, dispositions, pixel sizes and the current judgements with it.

    Args:
        connection: a reader.
        known_head_sha256: a head that was exported before; it must still be part of the chain.
        check: called at every row; what it raises ends the walk.

    Returns:
        The first thing that is wrong, or that all is well.
    """
    rows, head = 0, GENESIS_SHA256
    known_found = known_head_sha256 in (None, GENESIS_SHA256)
    stored = {action: _stored_rows(connection, table) for action, table in _WITNESSED.items()}
    for row in connection.execute(select(audit).order_by(audit.c.id)).yield_per(1000):
        check()
        reason = _chain_fault(row, rows + 1, head) or _witness_fault(row, stored)
        if reason:
            return AuditReport(False, rows, head, row.id, reason)
        rows, head = rows + 1, row.sha256
        known_found = known_found or head == known_head_sha256
    reason = _closing_fault(connection, known_found, stored)
    return AuditReport(not reason, rows, head, None, reason)


def head_sha256(connection: Connection) -> str:
    """Hash of the newest row."""
    return _head(connection)[1]


def _head(connection: Connection) -> tuple[int, str]:
    row = connection.execute(select(audit.c.id, audit.c.sha256).order_by(audit.c.id.desc()).limit(1)).first()
    return (row.id, row.sha256) if row else (0, GENESIS_SHA256)


def _row_sha256(row: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(row).encode()).hexdigest()


def _chain_fault(row: AnyRow, number: int, head: str) -> str:
    if row.id != number:
        return f"Audit row {number} is missing."
    if row.prev_sha256 != head:
        return f"Audit row {number} does not follow from the one before it."
    content = {name: value for name, value in row._mapping.items() if name != "sha256"}
    return "" if row.sha256 == _row_sha256(content) else f"Audit row {number} was changed."


def _stored_rows(connection: Connection, table: Table) -> Iterator[Mapping[str, Any]]:
    rows = connection.execute(select(table).order_by(table.c.id)).yield_per(1000)
    return (dict(row._mapping) for row in rows)


def _witness_fault(row: AnyRow, stored: _Stored) -> str:
    """Rows and their audit rows were written in one order, so they pair up in one walk."""
    if row.action not in stored:
        return ""
    audited = json.loads(row.payload)[row.action]
    found = next(stored[row.action], None)
    name = f"{row.action.capitalize()} {audited['id']}"
    if found is None:
        return f"{name} is gone."
    return "" if found == audited else f"{name} is not what was audited."


def _closing_fault(connection: Connection, known_found: bool, left_over: _Stored) -> str:
    if not known_found:
        return "The exported head is not in the chain: its end was cut off, or it was rewritten."
    for action, rows in left_over.items():
        unaudited = next(rows, None)
        if unaudited is not None:
            return f"{action.capitalize()} {unaudited['id']} has no audit row."
    image_id = connection.execute(_strayed_judgement()).scalar()
    return (
        "" if image_id is None else f"The judgement of image {image_id} does not follow from its decisions."
    )


def _strayed_judgement() -> CompoundSelect[tuple[int]]:
    """Images whose current judgement is not the outcome of their last decision."""
    last = select(func.max(decisions.c.id)).group_by(decisions.c.image_id)
    outcome = select(decisions).where(decisions.c.id.in_(last)).subquery()
    differs = or_(*(judgements.c[name].is_distinct_from(outcome.c[f"after_{name}"]) for name in _JUDGED))
    changed = (
        select(outcome.c.image_id)
        .outerjoin_from(outcome, judgements, judgements.c.image_id == outcome.c.image_id)
        .where(differs)
    )
    undecided = select(judgements.c.image_id).where(
        judgements.c.image_id.not_in(select(decisions.c.image_id))
    )
    return union_all(changed, undecided).limit(1)
