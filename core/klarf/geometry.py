"""From the fields and columns of a file to places on the wafer."""

import numpy as np
from numpy.typing import NDArray

from core.domain.wafers import DefectSites, Inspection, Places, WaferPlan
from core.klarf.cells import to_integer, to_number
from core.klarf.document import Fields, Klarf, Wafer
from core.klarf.table import Table

_UM_PER_MM, _UM_PER_NM = 1e3, 1e-3
_MARKS_DEG = {"down": 0, "left": 90, "up": 180, "right": 270, "0": 0, "90": 90, "180": 180, "270": 270}
_YES = frozenset({"yes", "true", "1"})


def wafer_plan(klarf: Klarf, wafer: Wafer) -> WaferPlan:
    """A wafer in µm, whatever unit its file has."""
    fields = wafer.fields
    um = _UM_PER_NM if klarf.is_nested else 1.0
    mark = _first(fields, "sampleorientationmarktype").lower()
    return WaferPlan(
        wafer_id=wafer.wafer_id,
        slot=to_integer(_first(fields, "slotnumber") or _first(fields, "slot")),
        diameter_um=_diameter_um(fields, klarf.is_nested),
        die_pitch_um=_pair(fields, "diepitch", um, positive=True),
        center_um=_pair(fields, "samplecenterlocation", um),
        mark=mark if mark in ("notch", "flat") else "",
        mark_deg=_MARKS_DEG.get(_first(fields, "orientationmarklocation").lower(), 0),
        is_mirrored=_first(fields, "coordinatesmirrored").lower() in _YES,
        dies=wafer.dies,
        inspection=_inspection(fields),
    )


def _inspection(fields: Fields) -> Inspection:
    def told(*names: str) -> str:
        values = next((fields[name] for name in names if fields.get(name)), ())
        return " ".join(value.strip() for value in values if value.strip())

    return Inspection(
        fab_lot=told("lotid"),
        device=told("deviceid"),
        step=told("stepid"),
        station=told("inspectionstationid"),
        setup=told("setupid", "recipeid"),
        result_timestamp=told("resulttimestamp"),
    )


def defect_sites(klarf: Klarf, plans: tuple[WaferPlan, ...]) -> DefectSites:
    """All defects of a file in its order."""
    tables = [
        (number, found.table) for number, wafer in enumerate(klarf.wafers) for found in wafer.defect_lists
    ]
    um = _UM_PER_NM if klarf.is_nested else 1.0
    parts = [_placed(table, plans[number], um) for number, table in tables]
    empty = np.zeros((0, 2))
    return DefectSites(
        wafers=np.repeat([number for number, _ in tables], [len(table) for _, table in tables]).astype(
            np.int32
        ),
        defect_ids=tuple(name for _, table in tables for name in table.texts("DEFECTID")),
        die_xy=np.concatenate([empty, *(die for die, _, _ in parts)]),
        in_die_um=np.concatenate([empty, *(in_die for _, in_die, _ in parts)]),
        on_wafer_um=np.concatenate([empty, *(on_wafer for _, _, on_wafer in parts)]),
        size_um=_joined(tables, "DSIZE") * um,
        class_numbers=_joined(tables, "CLASSNUMBER"),
    )


def _placed(table: Table, plan: WaferPlan, um: float) -> tuple[Places, Places, Places]:
    die = np.stack([table.numbers("XINDEX"), table.numbers("YINDEX")], axis=1)
    in_die = np.stack([table.numbers("XREL"), table.numbers("YREL")], axis=1) * um
    return die, in_die, plan.to_wafer(die, in_die)


def _joined(tables: list[tuple[int, Table]], column: str) -> NDArray[np.float64]:
    return np.concatenate([np.zeros(0), *(table.numbers(column) for _, table in tables)])


def _diameter_um(fields: Fields, is_nested: bool) -> float | None:
    """`SampleSize 1 300` in mm, or {300000000, 0} in nm; of two lengths the longer one."""
    told = [to_number(text) for text in fields.get("samplesize", ())]
    lengths = [value for value in (told if is_nested else told[1:]) if value is not None and value > 0]
    return max(lengths) * (_UM_PER_NM if is_nested else _UM_PER_MM) if lengths else None


def _pair(fields: Fields, name: str, um: float, *, positive: bool = False) -> tuple[float, float] | None:
    values = [value for text in fields.get(name, ())[:2] if (value := to_number(text)) is not None]
    if len(values) != 2 or (positive and min(values) <= 0):
        return None
    return values[0] * um, values[1] * um


def _first(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "").strip()
