"""The exact pixels of a defect, and whether anyone could see it."""

import math

import cv2
import numpy as np
from scipy import ndimage

from core.domain.arrays import BoolArray, FloatArray

PEAK_SHARE = 0.25
LOWEST_DIFFERENCE, HIGHEST_DIFFERENCE = 0.02, 0.09
SMALLEST_AREA_PX = 8
LARGEST_SHARE = 0.2
LEAST_DIFFERENCE = 0.1
LEAST_CONTRAST_TO_NOISE = 14.0
# Beyond this area a larger defect is not easier to see.
POOLED_AREA_PX = 150


def visible_mask(clean: FloatArray, defective: FloatArray, noise: float) -> BoolArray | None:
    """Pixels that the defect changes noticeably, if it can be seen through the noise.

    Args:
        clean: (H, W) noise-free picture without the defect; a difference of 1 is the displayed range.
        defective: (H, W) noise-free picture with it.
        noise: standard deviation of one pixel's noise, in the same units.

    Returns:
        (H, W) bool, or None if the defect is too faint, too small or too large.
    """
    difference: FloatArray = np.abs(defective - clean)
    peak = float(difference.max())
    threshold = min(max(PEAK_SHARE * peak, LOWEST_DIFFERENCE), HIGHEST_DIFFERENCE)
    changed = difference > np.float32(threshold)
    if int(changed.sum()) < SMALLEST_AREA_PX:
        return None
    mask = _tidy(changed)
    area = int(mask.sum())
    if not SMALLEST_AREA_PX <= area <= LARGEST_SHARE * mask.size:
        return None
    mean = float(difference[mask].mean())
    pooled = mean / max(noise, 1e-6) * math.sqrt(min(area, POOLED_AREA_PX))
    seen = mean >= LEAST_DIFFERENCE and pooled >= LEAST_CONTRAST_TO_NOISE
    return mask if seen else None


def _tidy(changed: BoolArray) -> BoolArray:
    """Closes small gaps, fills holes and drops specks, inside the bounding box only."""
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    box = (slice(max(rows[0] - 3, 0), rows[-1] + 4), slice(max(columns[0] - 3, 0), columns[-1] + 4))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    closed = cv2.morphologyEx(changed[box].astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    filled = ndimage.binary_fill_holes(closed).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(filled, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    largest = int(areas[1:].max())
    keep = areas >= max(SMALLEST_AREA_PX / 2, 0.03 * largest)
    keep[0] = False
    mask = np.zeros(changed.shape, np.bool_)
    mask[box] = keep[labels]
    return mask
