"""Which defects are shown under the filters in force: arrays over the defects of the map."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.presenters.wafer.state import Part, WaferState
from app.presenters.wafer.zones import zone_reach_um
from core.domain.arrays import BoolArray
from core.domain.ids import ImageId
from core.domain.pareto import WaferPart
from core.services.klarf.wafer_map import WaferMap

_NOTHING = np.zeros(0, np.int64)
_LOT_BITS = 32


def wafer_parts(state: WaferState) -> tuple[WaferPart, ...]:
    """The rings of wafers on the map, as the database is asked for them."""
    if state.lot_map is None:
        return ()
    return tuple(
        WaferPart(
            state.lot_map.keys[place], *zone_reach_um(state.lot_map.plans[place], state.zone, state.edge_mm)
        )
        for place in state.shown_wafers
    )


def picked_numbers(state: WaferState) -> NDArray[np.int64] | None:
    """(P, 2) int64 lot and number of the defects that a lasso, clicks or the queue leave; None where all are left."""
    if state.lot_map is None or (state.picked is None and state.queue is None):
        return None
    return state.lot_map.numbers[_chosen_one_by_one(state, state.lot_map)]


def on_wafers(state: WaferState) -> BoolArray:
    """(N,) bool, which defects belong to the wafers on the map, whatever their place."""
    if state.lot_map is None:
        return np.zeros(0, np.bool_)
    return np.isin(state.lot_map.defects.wafers, state.shown_wafers)


def listed(state: WaferState) -> BoolArray:
    """(N,) bool, which defects all filters leave; those without a place among them unless a zone is chosen."""
    lot_map = state.lot_map
    if lot_map is None or state.plan is None:
        return np.zeros(0, np.bool_)
    left = on_wafers(state) & _in_zone(state, lot_map) & _of_classes(state, lot_map)
    return left & _chosen_one_by_one(state, lot_map)


def visible(state: WaferState) -> NDArray[np.int64]:
    """Places of the defects whose dots are shown: those that are left and have a place."""
    if state.lot_map is None:
        return _NOTHING
    return np.flatnonzero(listed(state) & np.isfinite(state.lot_map.defects.on_wafer_um).all(axis=1))


def on_map(state: WaferState) -> NDArray[np.int64]:
    """Places of the dots on the map: those that are shown, and faded ones that could be picked instead."""
    return visible(replace(state, picked=None))


def listed_images(state: WaferState) -> frozenset[ImageId] | None:
    """The images of the reviewed lot that the filters of this screen leave; None where none is in force."""
    lot_map = state.lot_map
    if lot_map is None or not set(state.parts) - {Part.QUEUE}:
        return None
    kept = lot_map.shown_by[listed(state)[lot_map.shown_by[:, 1]], 0]
    return frozenset(map(ImageId, kept.tolist()))


def nearest(state: WaferState, x: float, y: float, reach: float) -> int | None:
    """The defect whose dot is nearest to a place, faded or not; None where none is within reach."""
    rows = on_map(state)
    if state.lot_map is None or not len(rows):
        return None
    places = state.lot_map.defects.on_wafer_um[rows]
    distance = np.hypot(places[:, 0] - x, places[:, 1] - y)
    best = int(distance.argmin())
    return int(rows[best]) if distance[best] <= reach else None


def toggle_picked(state: WaferState, place: int) -> NDArray[np.int64] | None:
    """The picked defects with one more, or without it where it was among them; None where none is left."""
    if state.lot_map is None:
        return state.picked
    number = state.lot_map.numbers[place : place + 1]
    before = state.picked if state.picked is not None else np.zeros((0, 2), np.int64)
    others = before[~(before == number).all(axis=1)]
    after = others if len(others) < len(before) else np.concatenate([before, number])
    return after if len(after) else None


def _in_zone(state: WaferState, lot_map: WaferMap) -> BoolArray:
    place = state.shown_wafers[0]
    low, high = zone_reach_um(lot_map.plans[place], state.zone, state.edge_mm)
    if low is None and high is None:
        return np.ones(len(lot_map.defects), np.bool_)
    x, y = lot_map.defects.on_wafer_um.T
    squared = x * x + y * y
    above: BoolArray = np.isfinite(squared) if low is None else squared >= low * low
    return above if high is None else above & (squared < high * high)


def _of_classes(state: WaferState, lot_map: WaferMap) -> BoolArray:
    names = [one.name.casefold() for one in lot_map.classes]
    wanted = np.array([not state.classes or name in state.classes for name in names], np.bool_)
    left: BoolArray = wanted[lot_map.class_of]
    return left


def _chosen_one_by_one(state: WaferState, lot_map: WaferMap) -> BoolArray:
    left = np.ones(len(lot_map.defects), np.bool_)
    if state.picked is not None:
        left &= np.isin(_keys(lot_map.numbers), _keys(state.picked))
    if state.queue is not None:
        kept = np.isin(lot_map.shown_by[:, 0], state.queue.images)
        of_queue = np.zeros(len(left), np.bool_)
        of_queue[lot_map.shown_by[kept, 1]] = True
        left &= of_queue
    return left


def _keys(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return (numbers[:, 0] << _LOT_BITS) | numbers[:, 1]
