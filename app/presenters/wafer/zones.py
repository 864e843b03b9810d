"""Zones of a wafer: rings by the distance from its centre."""

from enum import StrEnum

from core.domain.wafers import WaferPlan

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
_THIRDS = {Zone.CENTER: (None, 1), Zone.MIDDLE: (1, 2), Zone.OUTER: (2, None)}
Reach = tuple[float | None, float | None]


def edge_radius_um(plan: WaferPlan, edge_mm: float) -> float | None:
    """Where the edge exclusion begins; None where the wafer's size is not known or nothing is excluded."""
    if plan.diameter_um is None or edge_mm <= 0:
        return None
    return max(plan.diameter_um / 2 - edge_mm * UM_PER_MM, 0.0)


def zone_reach_um(plan: WaferPlan, zone: Zone, edge_mm: float) -> Reach:
    """Distances from the centre between which a zone lies, from the first to below the second; None is no limit."""
    if zone is Zone.WHOLE or plan.diameter_um is None:
        return None, None
    radius = plan.diameter_um / 2
    edge = edge_radius_um(plan, edge_mm)
    if zone is Zone.COUNTED:
        return None, edge
    if zone is Zone.EDGE:
        return (radius if edge is None else edge), None
    inner, outer = _THIRDS[zone]
    return (None if inner is None else inner * radius / 3), (None if outer is None else outer * radius / 3)
