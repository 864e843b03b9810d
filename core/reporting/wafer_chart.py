"""Geometry of a lot's wafers in a report; the formats only draw it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.domain.ids import ClassId
from core.domain.wafers import LotSites, WaferPlan
from core.reporting.lot_report import LotReport

SIDE = 320.0
"""Width and height of a chart in its own units, y downwards."""
DOTS_CAP, DIES_CAP = 4_000, 6_000
UNDECIDED_COLOR, NO_CLASS_COLOR = "#9aa4af", "#5f6b76"
_MARGIN = 6.0
_RIM = 1.02  # of the farthest die or defect, where the file tells no diameter


@dataclass(frozen=True, slots=True)
class WaferChart:
    """One wafer.

    Attributes:
        title: its name and slot.
        defects: on it; `placed` of them have a place, of which `dots` are drawn.
        radius: of the rim.
        mark: "notch" or "flat" at the bottom; empty where the file does not tell.
        dies: x, y, width and height of each inspected die that is drawn.
        dots: x, y and colour; what was decided lies above what was not.
    """

    title: str
    defects: int
    placed: int
    radius: float
    mark: str
    dies: tuple[tuple[float, float, float, float], ...]
    dots: tuple[tuple[float, float, str], ...]

    @property
    def counted(self) -> str:
        """How many defects it has."""
        return f"{self.defects:,} defect{'s' * (self.defects != 1)}"

    @property
    def note(self) -> str:
        """What is not drawn; empty where all is."""
        parts = []
        if self.placed < self.defects:
            parts.append(f"{self.defects - self.placed:,} without a place")
        if len(self.dots) < self.placed:
            parts.append(f"{len(self.dots):,} of {self.placed:,} are drawn")
        return "; ".join(parts)


def wafer_charts(report: LotReport) -> tuple[WaferChart, ...]:
    """The wafers of a lot that came as a KLARF and tells of places; none of any other."""
    if report.sites is None:
        return ()
    return tuple(_charts(report.sites, _colors(report, report.sites)))


def _charts(sites: LotSites, colors: np.ndarray) -> Iterator[WaferChart]:
    for number, plan in enumerate(sites.wafers):
        mine = np.flatnonzero(sites.defects.wafers == number)
        places = sites.defects.on_wafer_um[mine]
        placed = np.isfinite(places).all(axis=1)
        boxes = plan.die_boxes()
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        reach = _reach_um(plan, boxes, places[placed])
        if reach:
            yield _chart(plan, len(mine), places[placed], colors[mine][placed], boxes, reach)


def _chart(
    plan: WaferPlan, defects: int, places: np.ndarray, colors: np.ndarray, boxes: np.ndarray, reach: float
) -> WaferChart:
    radius = SIDE / 2 - _MARGIN
    scale = radius / reach
    order = np.argsort(colors != UNDECIDED_COLOR, kind="stable")[
        -DOTS_CAP:
    ]  # the decided ones stay, and on top
    x, y = SIDE / 2 + places[order, 0] * scale, SIDE / 2 - places[order, 1] * scale
    slot = "" if plan.slot is None else f", slot {plan.slot}"
    dies = boxes[:DIES_CAP] if len(boxes) <= DIES_CAP else boxes[:0]  # too fine a grid is gray, not a grid
    return WaferChart(
        title=f"Wafer {plan.wafer_id}{slot}",
        defects=defects,
        placed=len(places),
        radius=radius,
        mark=plan.mark,
        dies=tuple(_box(box, scale) for box in dies.tolist()),
        dots=tuple(zip(x.tolist(), y.tolist(), colors[order].tolist(), strict=True)),
    )


def _box(box: list[float], scale: float) -> tuple[float, float, float, float]:
    left, bottom, right, top = box
    return SIDE / 2 + left * scale, SIDE / 2 - top * scale, (right - left) * scale, (top - bottom) * scale


def _reach_um(plan: WaferPlan, boxes: np.ndarray, places: np.ndarray) -> float:
    """From the centre to the rim; by what lies farthest out where the file tells no diameter."""
    if plan.diameter_um:
        return plan.diameter_um / 2
    corners = np.concatenate([boxes[:, :2], boxes[:, 2:], places])
    return float(np.hypot(corners[:, 0], corners[:, 1]).max(initial=0.0)) * _RIM


def _colors(report: LotReport, sites: LotSites) -> np.ndarray:
    """(N,) colour of each defect: of the reviewer's class, or that it has none, or that it is undecided."""
    colors = np.full(len(sites.defects), UNDECIDED_COLOR, dtype=object)
    by_class: dict[ClassId, str] = {one.id: one.color for one in report.classes}
    for item in report.items:
        defect = sites.defect_of.get(item.record.name)
        if defect is not None and item.is_decided:
            class_id = item.judgement.class_id
            colors[defect] = NO_CLASS_COLOR if class_id is None else by_class.get(class_id, NO_CLASS_COLOR)
    return colors
