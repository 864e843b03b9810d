"""Wafers and defects of lots that came with a defect file: as the file says, replaced whole when it says otherwise."""

import json

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, select

from core.domain.ids import LotId
from core.domain.wafers import DefectSites, LotSites, WaferPlan
from core.history.schema import defect_files, defect_images, defects

_INSERT_DEFECT = f"INSERT INTO defects VALUES ({', '.join('?' * len(defects.c))})"
_INSERT_IMAGE = "INSERT INTO defect_images VALUES (?, ?, ?)"
_PLACES = ("die_xy", "in_die_um", "on_wafer_um", "size_um", "class_numbers")


def store_sites(connection: Connection, lot_id: LotId, sites: LotSites) -> None:
    """Keep what a lot's defect file says; what it said before is forgotten."""
    if _is_kept(connection, lot_id, sites):
        return
    for table in (defect_files, defects, defect_images):
        connection.execute(delete(table).where(table.c.lot_id == lot_id))
    connection.execute(
        defect_files.insert().values(
            lot_id=lot_id,
            sha256=sites.file_sha256,
            wafers=_plans_text(sites),
            class_names=json.dumps(dict(sites.class_names), ensure_ascii=False),
        )
    )
    if rows := _defect_rows(lot_id, sites.defects):
        connection.exec_driver_sql(_INSERT_DEFECT, rows)
    if named := [(lot_id, name, number) for name, number in sites.defect_of.items()]:
        connection.exec_driver_sql(_INSERT_IMAGE, named)


def read_sites(connection: Connection, lot_id: LotId) -> LotSites | None:
    """What a lot's defect file says; None where the lot came without one."""
    stored = connection.execute(select(defect_files).where(defect_files.c.lot_id == lot_id)).first()
    if stored is None:
        return None
    ordered = select(defects).where(defects.c.lot_id == lot_id).order_by(defects.c.number)
    rows = connection.execute(ordered).all()
    return LotSites(
        file_sha256=stored.sha256,
        wafers=tuple(WaferPlan.from_json(plan) for plan in json.loads(stored.wafers)),
        defects=_sites_of([tuple(row)[2:] for row in rows]),
        defect_of=_defects_of_images(connection, lot_id),
        class_names=class_names_of(stored.class_names),
    )


def class_names_of(spelled: str) -> dict[int, str]:
    """A file's class lookup from its column."""
    return {int(number): name for number, name in json.loads(spelled).items()}


def _is_kept(connection: Connection, lot_id: LotId, sites: LotSites) -> bool:
    """Whether the same file was read with the same images before, and the same was understood of its wafers."""
    kept = connection.execute(select(defect_files).where(defect_files.c.lot_id == lot_id)).first()
    if kept is None or (kept.sha256, kept.wafers) != (sites.file_sha256, _plans_text(sites)):
        return False
    return _defects_of_images(connection, lot_id) == dict(sites.defect_of)


def _plans_text(sites: LotSites) -> str:
    return json.dumps([plan.to_json() for plan in sites.wafers], separators=(",", ":"))


def _defects_of_images(connection: Connection, lot_id: LotId) -> dict[str, int]:
    named = select(defect_images.c.image_name, defect_images.c.number).where(defect_images.c.lot_id == lot_id)
    return {name: number for name, number in connection.execute(named)}  # noqa: C416 - rows are no pairs to mypy


def _defect_rows(lot_id: LotId, sites: DefectSites) -> list[tuple[object, ...]]:
    """Plain values in the order of the table; SQLite keeps NaN as NULL."""
    places = np.column_stack([getattr(sites, name) for name in _PLACES])
    return [
        (lot_id, number, wafer, defect_id, *row)
        for number, (wafer, defect_id, row) in enumerate(
            zip(sites.wafers.tolist(), sites.defect_ids, places.tolist(), strict=True)
        )
    ]


def _sites_of(rows: list[tuple[object, ...]]) -> DefectSites:
    places: NDArray[np.float64] = np.array([row[2:] for row in rows], np.float64).reshape(-1, 8)
    return DefectSites(
        wafers=np.array([row[0] for row in rows], np.int32),
        defect_ids=tuple(str(row[1]) for row in rows),
        die_xy=places[:, 0:2],
        in_die_um=places[:, 2:4],
        on_wafer_um=places[:, 4:6],
        size_um=places[:, 6],
        class_numbers=places[:, 7],
    )
