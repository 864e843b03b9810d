"""What a lot's KLARF says of the defect that an image shows, as columns of its row."""

import math

from core.domain.wafers import LotSites
from core.reporting.row_cells import Cells


def site_cells(sites: LotSites, image_name: str) -> Cells:
    """Wafer, place, size and class of the defect; nothing for an image that shows none."""
    defect = sites.defect_of.get(image_name)
    return {} if defect is None else defect_cells(sites, defect)


def defect_cells(sites: LotSites, defect: int) -> Cells:
    """The same of a defect by its number, with an image or without one."""
    found, wafer = sites.defects, sites.wafers[int(sites.defects.wafers[defect])]
    number = _whole(found.class_numbers[defect])
    inspection = wafer.inspection
    return {
        "fab_lot": inspection.fab_lot or None,
        "wafer_id": wafer.wafer_id or None,
        "slot": wafer.slot,
        "device_id": inspection.device or None,
        "step_id": inspection.step or None,
        "inspection_station": inspection.station or None,
        "setup_id": inspection.setup or None,
        "result_timestamp": inspection.result_timestamp or None,
        "defect_id": found.defect_ids[defect] or None,
        "xindex": _whole(found.die_xy[defect, 0]),
        "yindex": _whole(found.die_xy[defect, 1]),
        "xrel_um": _known(found.in_die_um[defect, 0]),
        "yrel_um": _known(found.in_die_um[defect, 1]),
        "x_wafer_um": _known(found.on_wafer_um[defect, 0]),
        "y_wafer_um": _known(found.on_wafer_um[defect, 1]),
        "defect_size_um": _known(found.size_um[defect]),
        "klarf_class_number": number,
        "klarf_class_name": None if number is None else sites.class_names.get(number),
    }


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _whole(value: float) -> int | None:
    return int(value) if math.isfinite(value) else None
