"""Where a calibrated map and score are cut: fitted on images whose truth is known, never by hand."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import ScoreMap

Binarize = Callable[[FloatArray, float], BoolArray]
"""(H, W) map and floor to a mask: the product's own segmentation."""

FALSE_NG, FALSE_UNKNOWN = 0.02, 0.10
"""Shares of defect-free calibration images that may be called NG, and at least Unknown."""

_FLOORS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
_FLOOR_IMAGES = 150  # each is cut at every floor


def thresholds_of_clean(scores: NDArray[np.float64]) -> tuple[float, float]:
    """Where Unknown begins and where NG does, from the scores of defect-free images."""
    unknown_at, ng_at = np.quantile(scores, [1 - FALSE_UNKNOWN, 1 - FALSE_NG])
    return float(unknown_at), float(ng_at)


def fit_floor(maps: Sequence[ScoreMap], masks: BoolArray, unknown_at: float, binarize: Binarize) -> float:
    """The floor that outlines best; what keeps clean images empty is the cut on their score.

    A mask that touches the defect is worth something before its outline fits: half of the value is whether the
    defective image has a hit at all, half is the IoU.

    Args:
        maps: of the images.
        masks: (N, H, W) truth.
        unknown_at: images that score below it are cut nowhere and do not count.
        binarize: the segmentation.
    """
    shown = [
        (one.values, mask)
        for one, mask in zip(maps[:_FLOOR_IMAGES], masks[:_FLOOR_IMAGES], strict=True)
        if one.score >= unknown_at and mask.any()
    ]
    worths = [sum(_worth(binarize(values, floor), mask) for values, mask in shown) for floor in _FLOORS]
    return _FLOORS[int(np.argmax(worths))]


def _worth(mask: BoolArray, truth: BoolArray) -> float:
    shared = np.count_nonzero(mask & truth)
    return (shared / np.count_nonzero(mask | truth) + float(shared > 0)) / 2
