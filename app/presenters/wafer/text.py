"""The words beside the wafer map."""

import math

from app.presenters.wafer.state import UM_PER_MM, WaferState
from core.domain.wafers import WaferPlan
from core.services.klarf.wafer_map import WaferMap


def wafer_text(plan: WaferPlan, number: int) -> str:
    """A wafer's name and slot."""
    name = plan.wafer_id or f"Wafer {number + 1}"
    return name if plan.slot is None else f"{name} (slot {plan.slot})"


def counts_text(state: WaferState, shown: int) -> str:
    """How many of the wafer's defects are shown, and how many cannot be."""
    if state.lot_map is None:
        return ""
    defects = state.lot_map.defects
    here = defects.wafers == state.wafer
    nowhere = int((here & ~(abs(defects.on_wafer_um[:, 0]) < math.inf)).sum())
    text = f"{shown:,} of {int(here.sum()):,} defects shown"
    return f"{text}; {nowhere:,} have no place in the file" if nowhere else text


def defect_text(lot_map: WaferMap, defect: int) -> str:
    """What is known of a defect; what the file does not tell is left out."""
    defects = lot_map.defects
    x, y = defects.on_wafer_um[defect] / UM_PER_MM
    die_x, die_y = defects.die_xy[defect]
    in_x, in_y = defects.in_die_um[defect]
    lines = [f"Defect {defects.defect_ids[defect]} · {lot_map.classes[int(lot_map.class_of[defect])].name}"]
    lines += [f"{x:.3f} mm, {y:.3f} mm from the centre"] * math.isfinite(x + y)
    lines += [f"Die {die_x:.0f}, {die_y:.0f} at {in_x:.1f} µm, {in_y:.1f} µm"] * math.isfinite(
        die_x + die_y + in_x + in_y
    )
    lines += [f"Size {defects.size_um[defect]:g} µm"] * math.isfinite(defects.size_um[defect])
    lines += ["No image"] * (int(lot_map.images[defect]) < 0)
    return "\n".join(lines)
