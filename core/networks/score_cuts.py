"""Where a calibrated map and score are cut: fitted on images whose truth is known, never by hand."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import ScoreMap

Binarize = Callable[[FloatArray, float], BoolArray]
"""(H, W) map and floor to a mask: the product's own segmentation."""

Worth = Callable[[BoolArray, BoolArray], float]
"""(H, W) mask and truth of a defective image to what the mask is worth, in [0, 1]."""

FALSE_NG, FALSE_UNKNOWN = 0.02, 0.10
"""Shares of defect-free calibration images that may be called NG, and at least Unknown."""

_FLOORS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
_FLOOR_IMAGES = 150  # each is cut at every floor


def thresholds_of_clean(scores: NDArray[np.float64]) -> tuple[float, float]:
    """Where Unknown begins and where NG does, from the scores of defect-free images."""
    unknown_at, ng_at = np.quantile(scores, [1 - FALSE_UNKNOWN, 1 - FALSE_NG])
    return float(unknown_at), float(ng_at)


def hit_and_outline(mask: BoolArray, truth: BoolArray) -> float:
    """Half for touching the defect at all, half for the IoU: a hit is worth something before its outline fits."""
    shared = int(np.count_nonzero(mask & truth))
    return (shared / max(int(np.count_nonzero(mask | truth)), 1) + float(shared > 0)) / 2


def hit_outline_and_precision(mask: BoolArray, truth: BoolArray) -> float:
    """A third each for touching the defect, for the IoU, and for the share of the mask's regions that touch it."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    touching = len(np.unique(labels[truth & mask]))
    return (2 * hit_and_outline(mask, truth) + touching / max(count - 1, 1)) / 3


def fit_floor(
    maps: Sequence[ScoreMap],
    masks: BoolArray | Sequence[BoolArray],
    unknown_at: float,
    binarize: Binarize,
    worth: Worth = hit_and_outline,
) -> float:
    """The floor whose masks are worth most; what keeps clean images empty is the cut on their score.

    Args:
        maps: of the images.
        masks: (H, W) truth of each.
        unknown_at: images that score below it are cut nowhere and do not count.
        binarize: the segmentation.
        worth: what is wanted of a mask.
    """
    shown = [
        (one.values, mask)
        for one, mask in zip(maps[:_FLOOR_IMAGES], masks[:_FLOOR_IMAGES], strict=True)
        if one.score >= unknown_at and mask.any()
    ]
    sums = [sum(worth(binarize(values, floor), mask) for values, mask in shown) for floor in _FLOORS]
    return _FLOORS[int(np.argmax(sums))]
