"""How a defect lies in its pattern: which phase it replaces by which, what it joins or parts, and its outline.

A pattern has two phases, lines and gaps, or holes and what is between them. Which of them is bright does not matter.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.discovery.embedding.taking_apart import TakenApart, box_of, elongation, slopes
from core.domain.arrays import BoolArray, FloatArray

_ROUNDS = 8
_LEAST_SPAN = 0.02  # of the full scale, between the two phases
_LEAST_PART_PX = 6
_MOST_PARTS = 3
_LEAST_EDGE = 0.003
_FINE_PX = 1.5


@dataclass(frozen=True, slots=True)
class _Phases:
    """The two levels of what lies around a defect.

    Attributes:
        low, high: their means.
        share: of the high one.
        separation: of the two, in deviations within them.
    """

    low: float
    high: float
    share: float
    separation: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def scaled(self, values: FloatArray) -> FloatArray:
        """0 on the low level, 1 on the high one."""
        placed: FloatArray = (values - self.low) / max(self.high - self.low, _LEAST_SPAN)
        return placed


def measure_context(defect: TakenApart) -> list[float]:
    """Levels against the pattern's, topology, outline, edges, size against the pattern's widths."""
    phases = _find_phases(defect.pixels[defect.outside])
    shape, thickness = _outline(defect.inside)
    return [
        *_levels(defect, phases),
        *_topology(defect, phases),
        *_touching(defect, phases),
        *shape,
        *_body(defect, thickness),
        *_relative_width(defect, phases, float(thickness.max())),
    ]


def _find_phases(values: FloatArray) -> _Phases:
    """Two means of grey levels."""
    low, high = (float(level) for level in np.percentile(values, (10, 90)))
    for _ in range(_ROUNDS):
        is_high = values > (low + high) / 2
        if is_high.all() or not is_high.any():
            break
        low, high = float(values[~is_high].mean()), float(values[is_high].mean())
    is_high = values > (low + high) / 2
    within = float(np.sqrt(np.mean((values - np.where(is_high, high, low)) ** 2)))
    return _Phases(low, high, float(is_high.mean()), (high - low) / (within + 0.01))


def _levels(defect: TakenApart, phases: _Phases) -> list[float]:
    """How clear the phases are; what stands there and what should, on their scale; which became which."""
    actual, expected = (phases.scaled(part[defect.inside]) for part in (defect.pixels, defect.expected))
    shares = (
        actual > 1.35,
        actual < -0.35,
        (actual > 0.25) & (actual < 0.75),
        (actual > 0.6) & (actual < 1.35),
        (actual < 0.4) & (actual > -0.35),
        expected > 0.6,
        expected < 0.4,
        (expected > 0.3) & (expected < 0.7),
        (actual > 0.5) & (expected < 0.5),
        (actual < 0.5) & (expected > 0.5),
    )
    middle, wanted = float(np.median(actual)), float(np.median(expected))
    return [
        phases.share,
        float(np.log(phases.separation + 0.1)),
        *(float(share.mean()) for share in shares),
        float(np.clip(middle, -3, 4)),
        float(np.clip(wanted, -1, 2)),
        min(abs(middle - wanted), 4.0),
    ]


def _topology(defect: TakenApart, phases: _Phases) -> list[float]:
    """Parts of each phase that are there against those that should be: a bridge joins lines, an open parts one."""
    top, bottom, left, right = box_of(defect.inside)
    margin = max(6, max(bottom - top, right - left) // 2)
    window = np.s_[max(top - margin, 0) : bottom + margin, max(left - margin, 0) : right + margin]
    expected = defect.expected[window] > phases.middle
    inside = defect.inside[window]
    actual = np.where(inside, defect.pixels[window] > phases.middle, expected)
    changes = (_count_parts(actual) - _count_parts(expected), _count_parts(~actual) - _count_parts(~expected))
    gained = (int(actual.sum()) - int(expected.sum())) / (int(inside.sum()) + 1)
    return [
        *(float(np.clip(change, -_MOST_PARTS, _MOST_PARTS)) for change in changes),
        gained,
        float(np.log1p(_count_parts(expected))),
        float(np.log1p(_count_parts(~expected))),
    ]


def _count_parts(phase: BoolArray) -> int:
    _, _, stats, _ = cv2.connectedComponentsWithStats(phase.astype(np.uint8), connectivity=4)
    return int((stats[1:, cv2.CC_STAT_AREA] >= _LEAST_PART_PX).sum())


def _touching(defect: TakenApart, phases: _Phases) -> list[float]:
    """How much of the rim lies on the bright phase, and how often the phase changes along it."""
    inner, outer = (cv2.dilate(defect.inside.astype(np.uint8), np.ones((size, size))) for size in (3, 5))
    rim = (outer > 0) & (inner == 0)
    rim = rim if rim.any() else ~defect.inside
    rows, columns = np.nonzero(rim)
    centre_y, centre_x = np.argwhere(defect.inside).mean(axis=0)
    order = np.argsort(np.arctan2(rows - centre_y, columns - centre_x), kind="stable")
    is_bright = defect.expected[rim][order] > phases.middle
    changes = int((is_bright != np.roll(is_bright, 1)).sum())
    return [float(is_bright.mean()), float(np.log1p(changes))]


def _outline(inside: BoolArray) -> tuple[list[float], NDArray[np.float32]]:
    """Size, width, slenderness, solidity, raggedness, elongation; and each pixel's distance to the outside."""
    padded = np.pad(inside.astype(np.uint8), 1)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1].astype(np.float32)
    rows, columns = np.nonzero(inside)
    area, width = len(rows), 2 * float(depth.max())
    hull = cv2.convexHull(np.stack([columns, rows], axis=1).astype(np.int32))
    contours, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    length = sum(cv2.arcLength(contour, True) for contour in contours)
    top, bottom, left, right = box_of(inside)
    shape = [
        np.log(area) / 2,
        np.log(max(bottom - top, right - left)),
        np.log(width),
        np.log(area / width**2 + 0.3),
        area / max(cv2.contourArea(hull), 0.5 * area, 1.0),
        np.log(length**2 / (4 * np.pi * area) + 0.2),
        elongation(inside)[0],
        np.log(_long_axis(rows, columns) / width + 0.3),
    ]
    return [float(value) for value in shape], depth


def _long_axis(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> float:
    if len(rows) < 2:
        return 1.0
    variances = np.linalg.eigvalsh(np.cov(np.stack([columns, rows])) + 0.1 * np.eye(2))
    return 4 * float(np.sqrt(variances[1]))


def _body(defect: TakenApart, depth: NDArray[np.float32]) -> list[float]:
    """Whether the difference has one sign, is higher in the core, and whether edges lie in it or around it."""
    difference = (defect.pixels - defect.expected) / defect.spread
    inside = defect.inside
    core = inside & (depth > 0.5 * depth.max())
    rest, rim = inside & ~core, inside & (depth <= 1)
    mean = float(difference[inside].mean())
    edges = [np.hypot(*slopes(part)) for part in (defect.expected, defect.pixels)]
    usual = float(edges[0][defect.outside].mean()) + _LEAST_EDGE
    fine = defect.pixels - cv2.GaussianBlur(defect.pixels, (0, 0), _FINE_PX)
    return [
        abs(mean) / (float(np.abs(difference[inside]).mean()) + 1e-3),
        float(difference[core].mean() - difference[rest].mean()) if rest.any() else 0.0,
        float(difference[inside].std()) / (abs(mean) + 0.3),
        float(np.log((float(edges[0][inside].mean()) + _LEAST_EDGE) / usual)),
        float(np.log((float(edges[1][rim].mean()) + _LEAST_EDGE) / usual)) if rim.any() else 0.0,
        float(np.log((float(edges[1][core].mean()) + _LEAST_EDGE) / usual)),
        float(np.log((fine[inside].std() + _LEAST_EDGE) / (fine[defect.outside].std() + _LEAST_EDGE))),
    ]


def _relative_width(defect: TakenApart, phases: _Phases, depth: float) -> list[float]:
    """Width of the defect against those of both phases."""
    bright = defect.expected > phases.middle
    ratios = []
    for phase in (bright, ~bright):
        reach = cv2.distanceTransform(phase.astype(np.uint8), cv2.DIST_L2, 3)
        usual = 2 * float(np.percentile(reach[phase], 90)) if phase.any() else 2.0 * defect.extent
        ratios.append(float(np.log(2 * depth / (usual + 1) + 0.05)))
    return ratios
