"""The words of the wafer screen."""

import math

import numpy as np

from app.presenters.wafer.masks import on_wafers
from app.presenters.wafer.state import WaferState
from app.presenters.wafer.zones import UM_PER_MM, zone_reach_um
from core.domain.pareto import Measure, Pareto, ParetoBar, WaferKey
from core.domain.wafer_states import WaferLot
from core.domain.wafers import WaferPlan
from core.services.klarf.wafer_map import NO_IMAGE, WaferMap

UM2_PER_CM2 = 1e8
_NOT_FILTERED = "Nothing is filtered. Choose bars or a zone, or draw a lasso around dots."
_NOT_FILTERED_IMAGES = "Nothing is filtered. Choose bars, or select pictures and press S."
NO_WAFER = "none"
MEASURES = (
    (Measure.DEFECTS, "Defects", "How many defects are of each class."),
    (
        Measure.SAMPLE,
        "Sample-weighted",
        "The classified defects stand for all defects of their wafer: each counts as "
        "defects / classified defects of its wafer.",
    ),
    (
        Measure.KILLERS,
        "Killers",
        "Only defects that kill their die: as was decided (K), else as the class manager says of their class.",
    ),
)


def lot_name(known: tuple[WaferLot, ...], wafer: WaferKey) -> str:
    """The name of a wafer's lot."""
    return next((one.name for one in known if one.id == wafer[0]), "")


def wafer_text(plan: WaferPlan, place_in_lot: int) -> str:
    """A wafer's name and slot."""
    name = plan.wafer_id or f"Wafer {place_in_lot + 1}"
    return name if plan.slot is None else f"{name} (slot {plan.slot})"


def wafer_names(state: WaferState) -> tuple[str, ...]:
    """Of each wafer of the map; with its lot where several lots lie on each other."""
    lot_map = state.lot_map
    if lot_map is None:
        return ()
    several = len({key[0] for key in lot_map.keys}) > 1
    return tuple(
        wafer_text(plan, key[1]) + (f" · {lot_name(state.known_lots, key)}" if several else "")
        for key, plan in zip(lot_map.keys, lot_map.plans, strict=True)
    )


def not_filtered_text(state: WaferState) -> str:
    """What can be done to see less."""
    without_map = state.lot_map is not None and not state.lot_map.has_wafers
    return _NOT_FILTERED_IMAGES if without_map else _NOT_FILTERED


def stack_text(state: WaferState) -> str:
    """What the choice of no single wafer is called."""
    count = sum(state.stackable)
    left_out = len(state.stackable) - count
    words = f"All {count} wafers, stacked"
    return f"{words}; {left_out} with other dies not" if left_out else words


def counts_text(state: WaferState, shown: int, listed: int) -> str:
    """How many of the wafers' defects are shown, how dense they lie, and how many cannot be shown."""
    if state.lot_map is None:
        return ""
    here = int(on_wafers(state).sum())
    if not state.lot_map.has_wafers:
        return (
            f"{listed:,} of {here:,} images listed; each counts as one defect. "
            "The lot did not come from a KLARF, so nothing is known of places on a wafer."
        )
    text = f"{shown:,} of {here:,} defects shown"
    if listed > shown:
        text += f"; {listed - shown:,} have no place in the file"
    density = density_text(state, shown)
    return f"{text}; {density}" if density else text


def density_text(state: WaferState, shown: int) -> str:
    """Shown defects by inspected area; empty where the dies are not known or the defects were picked by hand."""
    plan, places = state.plan, state.shown_wafers
    if plan is None or plan.die_pitch_um is None or state.picked is not None or state.queue is not None:
        return ""
    lot_map = state.lot_map
    plans = [] if lot_map is None else [lot_map.plans[place] for place in places]
    dies = sum(_inspected_dies(one, state) for one in plans)
    area_cm2 = dies * plan.die_pitch_um[0] * plan.die_pitch_um[1] / UM2_PER_CM2
    return f"{shown / area_cm2:.3g} per cm² of {dies:,} inspected dies" if area_cm2 else ""


def _inspected_dies(plan: WaferPlan, state: WaferState) -> int:
    """Those whose middle lies in the zone."""
    boxes = plan.die_boxes()
    middle = np.hypot(boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]) / 2
    low, high = zone_reach_um(plan, state.zone, state.edge_mm)
    inside = np.isfinite(middle) & (middle >= (low or 0.0)) & (middle < (math.inf if high is None else high))
    return int(inside.sum())


def defect_text(state: WaferState, defect: int) -> str:
    """What is known of a defect; what the file does not tell is left out."""
    lot_map = state.lot_map
    if lot_map is None:
        return ""
    defects = lot_map.defects
    x, y = defects.on_wafer_um[defect] / UM_PER_MM
    die_x, die_y = defects.die_xy[defect]
    in_x, in_y = defects.in_die_um[defect]
    title = "Defect " * lot_map.has_wafers + defects.defect_ids[defect]
    lines = [f"{title} · {lot_map.classes[int(lot_map.class_of[defect])].name}"]
    lines += [wafer_names(state)[int(defects.wafers[defect])]] * state.is_stack
    lines += [f"{x:.3f} mm, {y:.3f} mm from the centre"] * math.isfinite(x + y)
    lines += [f"Die {die_x:.0f}, {die_y:.0f} at {in_x:.1f} µm, {in_y:.1f} µm"] * math.isfinite(
        die_x + die_y + in_x + in_y
    )
    lines += [f"Size {defects.size_um[defect]:g} µm"] * math.isfinite(defects.size_um[defect])
    lines += [_image_line(state, lot_map, defect)]
    return "\n".join(line for line in lines if line)


def _image_line(state: WaferState, lot_map: WaferMap, defect: int) -> str:
    if int(lot_map.images[defect]) == NO_IMAGE:
        return "No image"
    return "" if lot_map.numbers[defect, 0] == state.lot_id else "Open its lot to review its image"


def bar_text(bar: ParetoBar) -> str:
    """Number and share beside a bar."""
    exact = bar.value == int(bar.value)
    return f"{bar.value:,.0f}" if exact else f"≈ {bar.value:,.0f}"


def bar_tip(bar: ParetoBar, measure: Measure) -> str:
    """A bar at length."""
    said = {
        Measure.DEFECTS: f"{bar.defects:,} defects",
        Measure.SAMPLE: f"stands for about {bar.value:,.1f} defects ({bar.defects:,} were classified so)",
        Measure.KILLERS: f"{bar.killers:,} killers of {bar.defects:,} defects",
    }[measure]
    return (
        f"{bar.name}: {said}\n{bar.share:.1%} of all; {bar.cumulative:.1%} with the classes above\n"
        "Click to show only this class, Ctrl+click to add or drop it."
    )


def pareto_note(pareto: Pareto, measure: Measure) -> str:
    """What the bars add up to, and what they do not tell."""
    if not pareto.defects:
        return "No defect is left by the filters."
    if measure is Measure.KILLERS and not pareto.bars:
        return "No killer among these defects: none was decided (K), and no class of theirs is one."
    if measure is Measure.SAMPLE and not pareto.bars:
        return "No defect here has a class yet, so there is no sample to weight."
    if measure is Measure.KILLERS:
        killers = sum(bar.killers for bar in pareto.bars)
        return f"{killers:,} of {pareto.defects:,} defects are killers."
    note = f"{pareto.classified:,} of {pareto.defects:,} defects have a class"
    if measure is Measure.SAMPLE and pareto.blind_wafers:
        wafers = "one wafer" if pareto.blind_wafers == 1 else f"{pareto.blind_wafers:,} wafers"
        note += f"; {wafers} without any cannot be in the bars"
    return note + "."
