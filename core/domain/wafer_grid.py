"""Whether wafers can be laid on each other."""

import math
from collections.abc import Sequence

import numpy as np

from core.domain.wafers import Places, WaferPlan

_SLACK = 0.02
"""Of a die: wafers are placed on the stage by alignment, so their centres differ by some µm."""
_PITCH_SLACK = 1e-4


def have_same_grid(first: WaferPlan, second: WaferPlan) -> bool:
    """Whether the dies of two wafers lie on each other, mark down, so that their defects can share one map.

    Wafers of which the file tells no pitch have no grid to differ in; their diameters must be the same.
    """
    if first.diameter_um != second.diameter_um:
        return False
    mine, theirs = _grid(first), _grid(second)
    if mine is None or theirs is None:
        return mine is theirs
    return all(_is_near(*axes) for axes in zip(mine, theirs, strict=True))


def stacked_boxes(plans: Sequence[WaferPlan]) -> Places:
    """(D, 4) float64 left, bottom, right and top in µm of every die that was inspected on any wafer, each die once.

    Args:
        plans: of wafers with the same grid; the boxes are those of the first, so that their lines are single.
    """
    grid = _grid(plans[0]) if plans else None
    if grid is None:
        return np.full((0, 4), np.nan)
    low = np.array([axis.begin for axis in grid])
    pitch = np.array([axis.pitch for axis in grid])
    corners = np.concatenate([plan.die_boxes()[:, :2] for plan in plans])
    dies = np.unique(np.round((corners - low) / pitch), axis=0)
    return np.concatenate([low + dies * pitch, low + (dies + 1) * pitch], axis=1)


class _Axis:
    """Dies along one axis: their pitch, and where one of them begins."""

    def __init__(self, begin: float, end: float) -> None:
        self.pitch, self.begin = end - begin, begin


def _grid(plan: WaferPlan) -> tuple[_Axis, _Axis] | None:
    if plan.die_pitch_um is None or plan.center_um is None:
        return None
    corners = plan.to_wafer(np.array([[0.0, 0.0], [1.0, 1.0]]), np.zeros((2, 2)))
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    return _Axis(float(left), float(right)), _Axis(float(bottom), float(top))


def _is_near(mine: _Axis, theirs: _Axis) -> bool:
    apart = math.remainder(mine.begin - theirs.begin, mine.pitch)
    same_pitch = abs(mine.pitch - theirs.pitch) <= _PITCH_SLACK * mine.pitch
    return same_pitch and abs(apart) <= _SLACK * mine.pitch
