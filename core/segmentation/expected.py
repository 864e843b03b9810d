"""What would stand in a defect's place: the same surroundings, looked up elsewhere in the image.

Only against what was to be expected does a defect tell what it is: the bright spot between two lines is a bridge, the
same spot on a line is a particle.
"""

from typing import NamedTuple

import cv2
import numpy as np

from core.domain.arrays import BoolArray, FloatArray

_BLUR_PX = 1.0
_ILLUMINATION_PX = 40.0
_REACH_PX = 256
"""How far around a defect is searched: a larger image tells no more and costs much more."""

_GAP_PX = 3  # pixels about the mask that are neither trusted as normal nor as defective
_LEAST_CONTEXT_PX = 30
_LEAST_MARGIN_PX, _LARGEST_MARGIN_PX = 14, 28
_ANSWERS = 5
_WORST_ANSWER = 3.0  # times the best one's cost
_LEAST_COST = 1e-4
_FORBIDDEN = np.float32(np.inf)


class _Box(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int


def expect_normal(image: FloatArray, mask: BoolArray) -> FloatArray:
    """The image with its one defect replaced by what other places with the same surroundings show.

    Args:
        image: (H, W) float32 in [0, 1].
        mask: (H, W) bool, the pixels of one defect.

    Returns:
        (H, W) float32, slightly blurred; equal to the blurred image where nothing is masked, and everywhere if no
        other place is large enough to be asked.

    Source:
        Masked template matching (OpenCV); the median of the best answers. Own design.
    """
    smooth: FloatArray = cv2.GaussianBlur(image, (0, 0), _BLUR_PX)
    if not mask.any():
        return smooth
    searched = _around(_bounds(mask), _REACH_PX, image.shape)
    view = np.s_[searched.top : searched.bottom, searched.left : searched.right]
    expected = smooth.copy()
    expected[view] = _replace(smooth[view], mask[view])
    return expected


def _replace(smooth: FloatArray, mask: BoolArray) -> FloatArray:
    illumination = cv2.GaussianBlur(smooth, (0, 0), _ILLUMINATION_PX)
    pattern: FloatArray = smooth - illumination
    defect = _bounds(mask)
    extent = max(defect.right - defect.left, defect.bottom - defect.top)
    window = _around(defect, int(np.clip(extent // 2 + 4, _LEAST_MARGIN_PX, _LARGEST_MARGIN_PX)), mask.shape)
    view = np.s_[window.top : window.bottom, window.left : window.right]
    context = _context(mask[view])
    answers = _look_up(pattern, pattern[view], context, window, defect)
    expected = smooth.copy()
    if answers:
        median = np.median(answers, axis=0)
        offset = float(((pattern[view] - median) * context).sum() / context.sum())
        replaced = ~context.astype(np.bool_)
        expected[view][replaced] = (median + offset + illumination[view])[replaced]
    return expected


def _context(mask: BoolArray) -> FloatArray:
    kernel = np.ones((2 * _GAP_PX + 1,) * 2, np.uint8)
    free: FloatArray = (cv2.dilate(mask.astype(np.uint8), kernel) == 0).astype(np.float32)
    return free if free.sum() >= _LEAST_CONTEXT_PX else (~mask | mask.all()).astype(np.float32)


def _look_up(
    pattern: FloatArray, template: FloatArray, context: FloatArray, window: _Box, defect: _Box
) -> list[FloatArray]:
    """Up to _ANSWERS windows whose surroundings cost least; none that would show the defect itself."""
    cost = cv2.matchTemplate(pattern, template, cv2.TM_SQDIFF, mask=context)
    _forbid(cost, window, defect.right - defect.left + 2, defect.bottom - defect.top + 2)
    answers: list[FloatArray] = []
    least = _FORBIDDEN
    while len(answers) < _ANSWERS:
        top, left = np.unravel_index(int(cost.argmin()), cost.shape)
        found = cost[top, left]
        if not np.isfinite(found) or found > _WORST_ANSWER * least + _LEAST_COST:
            break
        least = min(least, found)
        answers.append(pattern[top : top + template.shape[0], left : left + template.shape[1]])
        _forbid(cost, _Box(int(left), int(top), 0, 0), 2, 2)
    return answers


def _forbid(cost: FloatArray, at: _Box, reach_x: int, reach_y: int) -> None:
    rows = slice(max(at.top - reach_y, 0), at.top + reach_y + 1)
    cost[rows, max(at.left - reach_x, 0) : at.left + reach_x + 1] = _FORBIDDEN


def _bounds(mask: BoolArray) -> _Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return _Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _around(box: _Box, margin: int, shape_hw: tuple[int, ...]) -> _Box:
    return _Box(
        max(box.left - margin, 0),
        max(box.top - margin, 0),
        min(box.right + margin, shape_hw[1]),
        min(box.bottom + margin, shape_hw[0]),
    )
