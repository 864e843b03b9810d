"""The registered difference: what has changed that neither brightness nor a fraction of a pixel explains."""

import cv2
import numpy as np

from core.change.brightness import match_brightness
from core.change.drift import follow_drift
from core.change.steepness import steepness_of
from core.domain.arrays import BoolArray, FloatArray

TOLERANCE_PX = 0.75
"""Edges may lie this far apart and still be the same: what registration, drift and roughness leave.

Of 1.5, 1 and 0.75 the one that parts changed from unchanged generated pairs best.
"""

_NOISE_PX = 1.0
_LEAST_SPREAD = 2.0 / 255
_LEVELS, _LEAST_SHARE, _LEAST_GROUND_PIXELS = 8, 0.5, 2000
"""Brightnesses that are told apart; none is held to be quieter than half the image."""
_EDGE_REACH = 5  # px, side of the square in which an edge is felt
_EDGE_QUANTILE, _LEAST_STEEPNESS, _LEAST_EDGE_PIXELS = 0.7, 0.01, 100
_USUAL = 0.84  # quantile of the share that counts as usual; defects touch few edges and do not move it
_EDGE_WEIGHT = 0.5
"""Of that share: of ¼, ½ and 1 the one that parts changed from unchanged generated pairs best."""


def registered_difference(test: FloatArray, reference: FloatArray) -> FloatArray:
    """Signed difference that remains under the best small displacement of the reference, place by place.

    Args:
        test: (H, W) in [0, 1].
        reference: (H, W) in [0, 1], warped onto the test; NaN where there is none.

    Returns:
        (H, W) float32 in units of what this pair leaves at such a place: the residual spread at such a brightness, and
        at edges also that of its edges. 0 where there is no reference.

    Source:
        Tolerant die-to-die comparison as inspection tools do it; the tolerance is a minimum over displacements.
    """
    there = np.isfinite(reference)
    filled = np.where(there, reference, test).astype(np.float32)
    smooth_test, smooth_reference = (cv2.GaussianBlur(part, (0, 0), _NOISE_PX) for part in (test, filled))
    alike = match_brightness(smooth_reference, smooth_test, there)
    followed, there = follow_drift(smooth_test, alike, there)
    matched = match_brightness(followed, smooth_test, there)
    least = _least_difference(smooth_test, matched)
    inside = _well_inside(there)
    least[~inside] = 0
    ground = _ground_residual(least, matched, inside)
    scaled: FloatArray = (least / np.hypot(ground, _edge_residual(least, matched, inside))).astype(np.float32)
    return scaled


def _least_difference(test: FloatArray, reference: FloatArray) -> FloatArray:
    best = test - reference
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        difference = test - _moved(reference, dx * TOLERANCE_PX, dy * TOLERANCE_PX)
        best = np.where(np.abs(difference) < np.abs(best), difference, best)
    return best.astype(np.float32)


def _ground_residual(least: FloatArray, reference: FloatArray, inside: BoolArray) -> FloatArray:
    """(H, W) spread of the residual that is usual at such a brightness: bright places hold more shot noise."""
    whole = max(_spread(least[inside]), _LEAST_SPREAD)
    if np.count_nonzero(inside) < _LEAST_GROUND_PIXELS:
        return np.full_like(least, whole)
    levels, rest = reference[inside], least[inside]
    bounds = np.quantile(levels, np.linspace(0, 1, _LEVELS + 1))
    members = np.clip(np.searchsorted(bounds, levels) - 1, 0, _LEVELS - 1)
    lowest = max(_LEAST_SPREAD, _LEAST_SHARE * whole)
    spreads = [max(_spread(rest[members == level]), lowest) for level in range(_LEVELS)]
    return np.interp(reference, (bounds[1:] + bounds[:-1]) / 2, spreads).astype(np.float32)


def _edge_residual(least: FloatArray, reference: FloatArray, inside: BoolArray) -> FloatArray:
    """(H, W) residual that is usual at edges as steep: edges are rough, and no two pictures draw them alike.

    The residual's share of the local slope is read off the pair itself, so that a rough layout earns more tolerance
    than a smooth one.
    """
    steepness = steepness_of(reference, _EDGE_REACH)
    if not inside.any():
        return np.zeros_like(least)
    edges = inside & (
        steepness > max(float(np.quantile(steepness[inside], _EDGE_QUANTILE)), _LEAST_STEEPNESS)
    )
    if np.count_nonzero(edges) < _LEAST_EDGE_PIXELS:
        return np.zeros_like(least)
    share = float(np.quantile(np.abs(least[edges]) / steepness[edges], _USUAL))
    residual: FloatArray = np.float32(_EDGE_WEIGHT * share) * steepness
    return residual


def _moved(image: FloatArray, dx: float, dy: float) -> FloatArray:
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    size = (image.shape[1], image.shape[0])
    moved: FloatArray = cv2.warpAffine(
        image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return moved


def _well_inside(there: BoolArray) -> BoolArray:
    """Without the rim of the overlap and of the image, where displaced copies reach into the void."""
    rim = int(np.ceil(TOLERANCE_PX + 3 * _NOISE_PX))
    kernel = np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)
    eroded = cv2.erode(there.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    inside: BoolArray = eroded.astype(np.bool_)
    return inside


def _spread(values: FloatArray) -> float:
    """Robust standard deviation; a defect of under half the image does not move it."""
    if not values.size:
        return 0.0
    low, high = np.quantile(values, [0.16, 0.84])
    return float(high - low) / 2
