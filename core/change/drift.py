"""What one shift of a whole image leaves: a stage that drifts, a lens that bends, a slightly turned board."""

import cv2
import numpy as np

from core.change.steepness import slopes_of
from core.domain.arrays import BoolArray, FloatArray

REACH_PX = 4.0
"""Largest displacement along each axis that counts as drift."""

_WINDOW_PX = 40.0
"""Reach over which a displacement is shared: far beyond a defect, so that no defect is explained away."""
_STILLNESS = 0.02
"""Share of the usual power of slopes that speaks for no displacement: along a lone line nothing else is known."""
_SMOOTHING_PX = 2.0
_STEPS = 3
_RIM_PX = 5
_TINY = 1e-8


def follow_drift(test: FloatArray, reference: FloatArray, there: BoolArray) -> tuple[FloatArray, BoolArray]:
    """The reference, displaced smoothly so that it lies on the test, and where it then is.

    Args:
        test, reference: (H, W), finite, registered, of like brightness.
        there: (H, W), where the reference is known.

    Source:
        Lucas and Kanade 1981 with Gaussian windows, at half the size; places that no displacement of up to REACH_PX
        explains weigh little.
    """
    field = _drift_field(test, reference, there)
    ys, xs = np.indices(test.shape, np.float32)
    across, along = xs + field[0], ys + field[1]
    moved: FloatArray = cv2.remap(reference, across, along, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    known = cv2.remap(
        there.astype(np.uint8), across, along, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT
    )
    return moved, there & (known > 0)


def _drift_field(test: FloatArray, reference: FloatArray, there: BoolArray) -> tuple[FloatArray, FloatArray]:
    """(H, W) displacement to the right and downwards, px."""
    half = max(test.shape[1] // 2, 1), max(test.shape[0] // 2, 1)
    ours, theirs = (
        cv2.resize(cv2.GaussianBlur(part, (0, 0), _SMOOTHING_PX), half, interpolation=cv2.INTER_AREA)
        for part in (test, reference)
    )
    known = cv2.resize(there.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST)
    known = cv2.erode(known, np.ones((_RIM_PX, _RIM_PX), np.uint8)).astype(np.float32)
    ys, xs = np.indices(ours.shape, np.float32)
    right, down = np.zeros_like(ours), np.zeros_like(ours)
    for _ in range(_STEPS):
        moved = cv2.remap(theirs, xs + right, ys + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        more_right, more_down = _displacement(ours, moved, known)
        right = np.clip(right + more_right, -REACH_PX / 2, REACH_PX / 2)
        down = np.clip(down + more_down, -REACH_PX / 2, REACH_PX / 2)
    full = (test.shape[1], test.shape[0])
    return 2 * cv2.resize(right, full), 2 * cv2.resize(down, full)


def _displacement(test: FloatArray, moved: FloatArray, known: FloatArray) -> tuple[FloatArray, FloatArray]:
    """One step: the least squares of what is left, over a window around each place."""
    right, down = slopes_of(moved)
    rest: FloatArray = test - moved
    power = right * right + down * down
    usual = float((known * power).sum() / max(float(known.sum()), 1.0)) + _TINY
    weight: FloatArray = (known / (1 + rest * rest / (REACH_PX * (usual + power)))).astype(np.float32)
    xx, xy, yy, xt, yt = (
        _windowed(weight * product)
        for product in (right * right, right * down, down * down, right * rest, down * rest)
    )
    xx, yy = xx + _STILLNESS * usual, yy + _STILLNESS * usual
    scale = xx * yy - xy * xy
    size = (test.shape[1], test.shape[0])
    return cv2.resize((yy * xt - xy * yt) / scale, size), cv2.resize((xx * yt - xy * xt) / scale, size)


def _windowed(product: FloatArray) -> FloatArray:
    """At an eighth of the image's size: windows are wide."""
    size = max(product.shape[1] // 4, 1), max(product.shape[0] // 4, 1)
    windowed: FloatArray = cv2.GaussianBlur(
        cv2.resize(product, size, interpolation=cv2.INTER_AREA), (0, 0), _WINDOW_PX / 8
    )
    return windowed
