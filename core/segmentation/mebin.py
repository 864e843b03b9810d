"""MEBin, the binarization of AnomalyNCD, for one image at a time."""

import cv2
import numpy as np

from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import MAP_RANGE
from core.segmentation.contrast import has_contrast
from core.segmentation.sweep import block_px, longest_run, pool_highest, stable_runs, sweep

_LEVELS, _STEP = 255, 4
_LEAST_STEPS = 4
_EROSION = np.ones((6, 6), dtype=np.uint8)


def binarize_mebin(values: FloatArray, floor: float = MAP_RANGE[0]) -> tuple[BoolArray, float]:
    """Cut a map where the number of its thick components stays exactly the same for longest.

    The map is cut at descending thresholds 4/255 of its range apart. Each mask is eroded by 6 × 6 pixels before
    its components are counted. A run of at least 4 thresholds with the same count, not 0, is an interval; the
    lowest threshold of the longest one is the cut, of equally long ones the higher. No interval, no defect.

    The erosion serves the counting alone: what is marked is not eroded, so a scratch or pinch thinner than
    6 pixels is kept where a thicker defect sets the cut. On its own it is not counted, and its mask is empty.

    Args:
        values: (H, W) float32 in MAP_RANGE, higher = more anomalous.
        floor: value that normal pixels do not exceed; thresholds at or under it are not tried.

    Returns:
        (H, W) bool and the cut; without an interval an empty mask and an infinite cut.

    Raises:
        ValueError: the map is empty, or holds NaN or infinities.

    Source:
        AnomalyNCD's MEBin. Its range runs over a set of images, from the least of their highest values to the
        greatest, which takes a normal image in the set. We cut one image on its own: the range is the fixed
        MAP_RANGE, and the floor stands for the normal image. MEBin also erodes the mask that it hands out, and
        counts at full size; we count a map pooled to 112 cells a side.
    """
    thresholds = _thresholds(floor)
    if not has_contrast(values) or not len(thresholds):
        return np.zeros(values.shape, dtype=np.bool_), float("inf")
    # To erode the gray map is to erode each of its masks.
    thick = np.asarray(cv2.erode(values, _EROSION), dtype=np.float32)
    _, counts = sweep(pool_highest(thick, block_px(values.shape)), thresholds)
    intervals = [
        (first, last)
        for first, last in stable_runs(counts, epsilon=0)
        if counts[first] and last - first + 1 >= _LEAST_STEPS
    ]
    if not intervals:
        return np.zeros(values.shape, dtype=np.bool_), float("inf")
    _, last = longest_run(intervals, lambda run: -run[0])
    return values >= thresholds[last], float(thresholds[last])


def _thresholds(floor: float) -> FloatArray:
    low, high = (np.float32(end) for end in MAP_RANGE)
    steps = np.arange(_LEVELS, 0, -_STEP, dtype=np.float32) / np.float32(_LEVELS)
    thresholds = low + (high - low) * steps
    return thresholds[thresholds > floor]
