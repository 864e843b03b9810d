"""What the wafer screen shows, and which dots that are."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray
from core.domain.ids import LotId
from core.domain.wafers import WaferPlan
from core.services.klarf.wafer_map import WaferMap

UM_PER_MM = 1e3
DEFAULT_EDGE_MM = 3.0


class Zone(StrEnum):
    """Parts of a wafer by the distance from its centre."""

    WHOLE = "whole"
    COUNTED = "counted"
    CENTER = "center"
    MIDDLE = "middle"
    OUTER = "outer"
    EDGE = "edge"


ZONE_WORDS = (
    (Zone.WHOLE, "Whole wafer"),
    (Zone.COUNTED, "Without the edge"),
    (Zone.CENTER, "Centre, inner third"),
    (Zone.MIDDLE, "Middle third"),
    (Zone.OUTER, "Outer third"),
    (Zone.EDGE, "Edge exclusion only"),
)
_THIRDS = {Zone.CENTER: (0, 1), Zone.MIDDLE: (1, 2), Zone.OUTER: (2, 3)}


@dataclass(frozen=True, slots=True)
class WaferState:
    """The screen's state.

    Attributes:
        lot_map: of the lot; None while nothing is known of its wafers.
        wafer: which of the lot's wafers is shown.
        hidden: names of the classes whose dots are not shown.
        chosen: number of the defect that was clicked.
    """

    lot_id: LotId | None = None
    lot_map: WaferMap | None = None
    wafer: int = 0
    zone: Zone = Zone.WHOLE
    edge_mm: float = DEFAULT_EDGE_MM
    hidden: frozenset[str] = frozenset()
    chosen: int | None = None

    @property
    def plan(self) -> WaferPlan | None:
        """The wafer that is shown."""
        return None if self.lot_map is None else self.lot_map.plans[self.wafer]


def take_map(state: WaferState, lot_map: WaferMap | None) -> WaferState:
    """Show what was read; what was chosen stays where it still means something."""
    if lot_map is None:
        return replace(state, lot_map=None, chosen=None)
    wafer = state.wafer if state.wafer < len(lot_map.plans) else 0
    chosen = state.chosen if state.chosen is not None and state.chosen < len(lot_map.defects) else None
    return replace(state, lot_map=lot_map, wafer=wafer, chosen=chosen)


def toggle_class(state: WaferState, name: str, shown: bool) -> WaferState:
    """Show or hide the dots of a class."""
    return replace(state, hidden=state.hidden - {name} if shown else state.hidden | {name})


def in_zone(state: WaferState) -> BoolArray:
    """(N,) bool, which defects lie on the shown wafer in the zone; those without a place lie nowhere."""
    if state.lot_map is None or state.plan is None:
        return np.zeros(0, np.bool_)
    defects = state.lot_map.defects
    distance = np.hypot(defects.on_wafer_um[:, 0], defects.on_wafer_um[:, 1])
    here: BoolArray = (defects.wafers == state.wafer) & np.isfinite(distance)
    low, high = _reach_um(state, state.plan)
    return here & (distance >= low) & (distance < high)


def visible(state: WaferState) -> NDArray[np.int64]:
    """Numbers of the defects whose dots are shown."""
    if state.lot_map is None:
        return np.zeros(0, np.int64)
    shown = np.array([one.name not in state.hidden for one in state.lot_map.classes], np.bool_)
    inside = in_zone(state)
    return np.flatnonzero(inside & shown[state.lot_map.class_of]) if len(inside) else np.zeros(0, np.int64)


def edge_radius_um(state: WaferState) -> float | None:
    """Where the edge exclusion begins; None where the wafer's size is not known or nothing is excluded."""
    plan = state.plan
    if plan is None or plan.diameter_um is None or state.edge_mm <= 0:
        return None
    return max(plan.diameter_um / 2 - state.edge_mm * UM_PER_MM, 0.0)


def nearest(state: WaferState, x: float, y: float, reach: float) -> int | None:
    """The shown defect nearest to a place; None where none is within reach."""
    rows = visible(state)
    if state.lot_map is None or not len(rows):
        return None
    places = state.lot_map.defects.on_wafer_um[rows]
    distance = np.hypot(places[:, 0] - x, places[:, 1] - y)
    best = int(distance.argmin())
    return int(rows[best]) if distance[best] <= reach else None


def _reach_um(state: WaferState, plan: WaferPlan) -> tuple[float, float]:
    """Distances from the centre between which the zone lies; without a diameter there is one zone."""
    if state.zone is Zone.WHOLE or plan.diameter_um is None:
        return 0.0, np.inf
    radius = plan.diameter_um / 2
    edge = edge_radius_um(state)
    if state.zone is Zone.COUNTED:
        return 0.0, np.inf if edge is None else edge
    if state.zone is Zone.EDGE:
        return (radius if edge is None else edge), np.inf
    inner, outer = _THIRDS[state.zone]
    return inner * radius / 3, np.inf if outer == 3 else outer * radius / 3
