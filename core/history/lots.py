"""Lots: opening one again finds its images and decisions; a file with other bytes is another image."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import sqlite

from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.lots import FailedImage, ImageRecord, Lot
from core.domain.paths import text_of
from core.history.audit import append_audit
from core.history.bulk import insert_rows
from core.history.row_values import image_values
from core.history.schema import AnyRow, images, lots
from core.history.sites import store_sites
from core.history.stamp import Stamp

_KEY = ("lot_id", "name", "sha256")


def add_lot(connection: Connection, lot: Lot, stamp: Stamp) -> LotId:
    """Store a lot, or bring the stored one of the same source up to date.

    Images are matched by name and SHA-256 and keep their place; new ones follow at the end. When a name has other
    bytes now, the old image stays with its decisions, superseded. An image whose file is gone stays in the lot.

    Raises:
        UserError: the lot's source is a path that is no text, by which it could not be found again.
    """
    if text_of(lot.source) != str(lot.source):
        raise UserError(
            f"The name in {text_of(lot.source)} is not valid text.", "Rename it and open it again."
        )
    known = connection.execute(select(lots.c.id).where(lots.c.source == str(lot.source))).scalar()
    if known is None:
        lot_id = LotId(_insert_lot(connection, lot, stamp))
    else:
        lot_id = LotId(known)
        _reopen_lot(connection, lot_id, lot, stamp)
    added, replaced = _store_images(connection, lot_id, lot)
    if lot.sites is not None:
        store_sites(connection, lot_id, lot.sites)
    opened = {"lot_id": lot_id, "source": str(lot.source), "added": added, "superseded": replaced}
    append_audit(connection, stamp, "lot_opened", [opened])
    return lot_id


def _insert_lot(connection: Connection, lot: Lot, stamp: Stamp) -> int:
    values = {
        "name": lot.name,
        "source": str(lot.source),
        "root": str(lot.root),
        "opened_at_utc": stamp.at_utc,
    }
    return connection.execute(insert(lots).values(values)).lastrowid


def _reopen_lot(connection: Connection, lot_id: LotId, lot: Lot, stamp: Stamp) -> None:
    values = {"name": lot.name, "root": str(lot.root), "opened_at_utc": stamp.at_utc}
    connection.execute(update(lots).where(lots.c.id == lot_id).values(values))


def _store_images(connection: Connection, lot_id: LotId, lot: Lot) -> tuple[int, int]:
    """Numbers of image rows that were added and superseded."""
    query = select(images).where(images.c.lot_id == lot_id).order_by(images.c.position)
    stored = connection.execute(query).all()
    judged = {row.name for row in stored if row.sha256 and not row.superseded}
    values = _placed(lot_id, _without_absent(lot, judged), {row.name: row.position for row in stored})
    unchanged = {tuple(row[1:]) for row in stored}
    insert_rows(connection, _UPSERT, [value for value in values if _in_table_order(value) not in unchanged])
    outdated = _outdated(stored, values)
    if outdated:
        connection.execute(_SUPERSEDE, [{"outdated_id": image_id} for image_id in outdated])
    keys = {(row.name, row.sha256) for row in stored}
    added = sum((value["name"], value["sha256"]) not in keys for value in values)
    return added, len(outdated)


def _without_absent(lot: Lot, known: Set[str]) -> Lot:
    """The lot without files that are not there now and that it had: they are away, not other files."""
    failures = tuple(one for one in lot.failures if one.name not in known or one.path.exists())
    return replace(lot, failures=failures)


def _placed(lot_id: LotId, lot: Lot, positions: Mapping[str, int]) -> list[dict[str, Any]]:
    following = max(positions.values(), default=-1) + 1
    values = []
    records: tuple[ImageRecord | FailedImage, ...] = (*lot.images, *lot.failures)
    for record in records:
        position = positions.get(record.name, following)
        following += position == following
        values.append({"lot_id": lot_id, "position": position, "superseded": 0, **image_values(record)})
    return values


def _outdated(stored: Sequence[AnyRow], values: Sequence[Mapping[str, Any]]) -> list[int]:
    present = {value["name"]: value["sha256"] for value in values}
    return [row.id for row in stored if not row.superseded and _is_outdated(row, present)]


def _is_outdated(row: AnyRow, present: Mapping[str, str]) -> bool:
    """A file with other bytes now, or an unreadable one that was cleared away."""
    if row.name not in present:
        return bool(row.reason)
    return bool(present[row.name] != row.sha256)


_in_table_order = itemgetter(*(column.name for column in images.c if column.name != "id"))
_SUPERSEDE = update(images).where(images.c.id == bindparam("outdated_id")).values(superseded=1)
_insert_image = sqlite.insert(images)
_UPSERT = _insert_image.on_conflict_do_update(
    index_elements=_KEY,
    set_={c.name: _insert_image.excluded[c.name] for c in images.c if c.name not in ("id", *_KEY)},
)
