"""Another dose, gain or slow charging taken out of a reference, judged where the picture is smooth."""

import cv2
import numpy as np

from core.change.steepness import steepness_of
from core.domain.arrays import BoolArray, FloatArray

_LEVEL_PX = 24.0
_COARSE = 4
"""Levels are slow: they are averaged on a picture of a quarter of the size."""
_GAIN_RANGE = (0.5, 2.0)
_SMOOTH_SLOPE = 0.03
"""Grey levels a pixel from which a place counts for less: what is left of a shift shows there, not the brightness."""
_EDGE_REACH = 5
_LEAST_SPREAD = 1.0 / 255
_OUTLIER = 3.0  # spreads


def match_brightness(reference: FloatArray, test: FloatArray, there: BoolArray) -> FloatArray:
    """The reference with the test's local level and contrast.

    A regression over all pixels would shrink the contrast: what lies a pixel aside looks like a weaker copy, and then
    every flat part differs. So steep places weigh little, contrasts are compared as spreads, and a second pass leaves
    out what the first could not explain: defects.

    Args:
        reference, test: (H, W) in [0, 1], finite, registered.
        there: (H, W), where the reference is known.
    """
    if not there.any():
        return reference
    steep = np.maximum(steepness_of(reference, _EDGE_REACH), steepness_of(test, _EDGE_REACH))
    smooth: FloatArray = (there / (1 + np.square(steep / _SMOOTH_SLOPE))).astype(np.float32)
    rest = test - _match(reference, test, smooth)
    return _match(reference, test, smooth / (1 + np.square(rest / (_OUTLIER * _spread(rest, smooth)))))


def _spread(rest: FloatArray, weight: FloatArray) -> float:
    """Weighted deviation; what lies beyond a few times the plain one counts as that."""
    total = float(weight.sum())
    plain = float(np.sqrt((weight * rest * rest).sum() / total))
    limited = np.minimum(np.abs(rest), _OUTLIER * plain)
    return max(float(np.sqrt((weight * limited * limited).sum() / total)), _LEAST_SPREAD)


def _match(reference: FloatArray, test: FloatArray, weight: FloatArray) -> FloatArray:
    level_reference, level_test = (_level(part, weight) for part in (reference, test))
    detail_reference, detail_test = reference - level_reference, test - level_test
    power_reference, power_test = (_level(part * part, weight) for part in (detail_reference, detail_test))
    total = float(weight.sum())
    usual_reference, usual_test = (
        float((weight * part).sum()) / total for part in (power_reference, power_test)
    )
    # Where little can be seen of the local contrast, the overall one stands in.
    power_test = power_test + np.float32(usual_test)
    gain = np.sqrt(power_test / (power_reference + np.float32(usual_reference) + 1e-9))
    matched: FloatArray = detail_reference * np.clip(gain, *_GAIN_RANGE) + level_test
    return matched


def _level(image: FloatArray, weight: FloatArray) -> FloatArray:
    """(H, W) weighted local mean."""
    size = max(image.shape[1] // _COARSE, 1), max(image.shape[0] // _COARSE, 1)
    sums, weights = (
        cv2.GaussianBlur(cv2.resize(part, size, interpolation=cv2.INTER_AREA), (0, 0), _LEVEL_PX / _COARSE)
        for part in (image * weight, weight)
    )
    full = (image.shape[1], image.shape[0])
    level: FloatArray = cv2.resize(sums / np.maximum(weights, 1e-9), full, interpolation=cv2.INTER_LINEAR)
    return level
