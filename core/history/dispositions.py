"""Dispositions of lots and wafers: append-only, audited, and signed by two people."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, insert, select

from core.domain.dispositions import (
    Disposition,
    DispositionDraft,
    DispositionWord,
    Signature,
    is_same_person,
)
from core.domain.errors import UserError
from core.domain.ids import DispositionId, LotId
from core.history.audit import COUNTERSIGN_ACTION, DISPOSITION_ACTION, append_audit
from core.history.database import Database
from core.history.schema import AnyRow, countersigns, dispositions, lots
from core.history.stamp import Stamp


class Dispositions:
    """One history's dispositions, usable from any thread; each method is one transaction."""

    def __init__(self, database: Database, stamp: Callable[[], Stamp]) -> None:
        self._database, self._stamp = database, stamp

    def sign(self, draft: DispositionDraft) -> Disposition:
        """Give a disposition, signed by this session's reviewer; it takes the place of an earlier one.

        Raises:
            UserError: a reason is missing.
        """
        given = _tidied(draft)
        if not given.reason and given.word is not DispositionWord.RELEASE:
            raise UserError("The disposition needs a reason.", "Only a release goes without one.")
        with self._database.write() as connection:
            stamp = self._stamp()
            values = {
                "lot_id": given.lot_id,
                "wafer": given.wafer,
                "word": given.word.value,
                "reason": given.reason,
                "owner": given.owner,
                "due": "" if given.due is None else given.due.isoformat(),
            }
            made = _append(connection, dispositions, DISPOSITION_ACTION, values, stamp)
            return _find(connection, DispositionId(made))

    def countersign(self, disposition_id: DispositionId) -> Disposition:
        """Sign as the second person; from then on the disposition is in force.

        Raises:
            UserError: the same person signed first, it is countersigned already, or it is no longer the newest.
        """
        with self._database.write() as connection:
            found, stamp = _find(connection, disposition_id), self._stamp()
            _refuse_countersign(connection, found, stamp.reviewer)
            _append(connection, countersigns, COUNTERSIGN_ACTION, {"disposition_id": found.id}, stamp)
            return _find(connection, disposition_id)

    def list_of_lot(self, lot_id: LotId) -> tuple[Disposition, ...]:
        """All of a lot and its wafers, the oldest first."""
        query = _JOINED.where(dispositions.c.lot_id == lot_id).order_by(dispositions.c.id)
        with self._database.read() as connection:
            return tuple(_disposition(row) for row in connection.execute(query))

    def newest_of_lots(self) -> Mapping[LotId, Disposition]:
        """The newest of each whole lot that has one."""
        query = _JOINED.where(dispositions.c.wafer == "").order_by(dispositions.c.id)
        with self._database.read() as connection:
            found = [_disposition(row) for row in connection.execute(query)]
        return {one.given.lot_id: one for one in found}


def newest(given: tuple[Disposition, ...]) -> tuple[Disposition, ...]:
    """Of each lot and wafer the newest, the whole lot first, then the wafers by name."""
    last = {(one.given.lot_id, one.given.wafer): one for one in given}
    return tuple(last[key] for key in sorted(last))


def _tidied(draft: DispositionDraft) -> DispositionDraft:
    words = {name: getattr(draft, name).strip() for name in ("wafer", "reason", "owner")}
    return replace(draft, **words)


def _append(
    connection: Connection, table: Table, action: str, values: Mapping[str, Any], stamp: Stamp
) -> int:
    signed = {"reviewer": stamp.reviewer, "at_utc": stamp.at_utc, "app_version": stamp.app_version}
    row = {**values, **signed}
    made = connection.execute(insert(table).values(row)).lastrowid
    append_audit(connection, stamp, action, [{action: {"id": made, **row}}])
    return made


def _refuse_countersign(connection: Connection, found: Disposition, reviewer: str) -> None:
    if found.countersigned is not None:
        raise UserError(f"{found.countersigned.reviewer} has countersigned it already.")
    if is_same_person(found.signed.reviewer, reviewer):
        raise UserError(
            f"{found.signed.reviewer} signed it first: the second signature must be another person's.",
            "Let a second reviewer set their name in the settings and sign.",
        )
    later = select(dispositions.c.id).where(
        dispositions.c.lot_id == found.given.lot_id,
        dispositions.c.wafer == found.given.wafer,
        dispositions.c.id > found.id,
    )
    if connection.execute(later.limit(1)).first() is not None:
        raise UserError("A later disposition has taken its place.", "Countersign the newest one.")


def _find(connection: Connection, disposition_id: DispositionId) -> Disposition:
    row = connection.execute(_JOINED.where(dispositions.c.id == disposition_id)).first()
    if row is None:
        raise UserError(f"There is no disposition {disposition_id}.", "List those of the lot.")
    return _disposition(row)


def _disposition(row: AnyRow) -> Disposition:
    second = None
    if row.second is not None:
        second = Signature(row.second, datetime.fromisoformat(row.second_at_utc))
    return Disposition(
        DispositionId(row.id),
        DispositionDraft(
            LotId(row.lot_id),
            DispositionWord(row.word),
            row.wafer,
            row.reason,
            row.owner,
            date.fromisoformat(row.due) if row.due else None,
        ),
        Signature(row.reviewer, datetime.fromisoformat(row.at_utc)),
        second,
    )


_JOINED: Select[tuple[Any, ...]] = (
    select(
        dispositions,
        countersigns.c.reviewer.label("second"),
        countersigns.c.at_utc.label("second_at_utc"),
    )
    .join_from(dispositions, lots, lots.c.id == dispositions.c.lot_id)
    .outerjoin(countersigns, countersigns.c.disposition_id == dispositions.c.id)
)
