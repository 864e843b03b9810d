"""IC-DefectNCD's self-saliency adaptive binarization, to the letter."""

from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray

ByteArray: TypeAlias = NDArray[np.uint8]

_STEPS = 64
_SWEEP_SIDE = 112


def binarize_plateau(
    values: FloatArray, *, epsilon: int = 0, percentiles: tuple[float, float] = (1.0, 99.9)
) -> tuple[BoolArray, float]:
    """Cut a map where the number of its components is most stable.

    S is the map normalised between two percentiles. S is cut at 64 descending thresholds; a plateau is a
    maximal run of them between which the number of components changes by at most `epsilon`. The longest
    plateau wins, ties go to the higher mean IoU of consecutive masks, and the lowest threshold of the winner
    is the cut.

    The rule knows no clean image: without a defect it marks most of the map. Gate it on an image score.

    Args:
        values: (H, W) float32, higher = more anomalous, on any scale.
        epsilon: change in the number of components that still counts as stable, 0 or 1.
        percentiles: the two that become 0 and 1.

    Returns:
        (H, W) bool and the cut in the map's own units; of a constant map an empty mask and an infinite cut.

    Source:
        IC-DefectNCD, Sec. 3.3. The percentiles are not given there. We sweep a map reduced to 112 pixels a
        side and apply the winner at full size, and leave out the threshold 0, which every pixel passes.
    """
    small = _reduced(values)
    low, high = (float(value) for value in np.percentile(small, percentiles))
    if not high > low:
        return np.zeros(values.shape, dtype=np.bool_), float("inf")
    saliency = np.clip((small - low) / (high - low), 0, 1)
    winner = _stable_threshold(saliency, epsilon)
    threshold = low + winner * (high - low)
    return values >= threshold, threshold


def _reduced(values: FloatArray) -> FloatArray:
    height, width = values.shape
    scale = _SWEEP_SIDE / max(height, width)
    if scale >= 1:
        return values
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(values, size_wh, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _stable_threshold(saliency: FloatArray, epsilon: int) -> float:
    thresholds = np.arange(_STEPS, 0, -1, dtype=np.float32) / _STEPS
    masks = [(saliency >= threshold).view(np.uint8) for threshold in thresholds]
    counts = [_count_components(mask) for mask in masks]
    _, last = _best_run(_plateaus(counts, epsilon), masks)
    return float(thresholds[last])


def _count_components(mask: ByteArray) -> int:
    return int(cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_16U)[0]) - 1


def _plateaus(counts: list[int], epsilon: int) -> list[tuple[int, int]]:
    """Maximal runs of stable counts as (first, last) indices; they cover all thresholds."""
    breaks = [index for index, (a, b) in enumerate(pairwise(counts)) if abs(b - a) > epsilon]
    firsts = [0, *(index + 1 for index in breaks)]
    return list(zip(firsts, [*breaks, len(counts) - 1], strict=True))


def _best_run(runs: list[tuple[int, int]], masks: list[ByteArray]) -> tuple[int, int]:
    longest = max(last - first for first, last in runs)
    tied = [run for run in runs if run[1] - run[0] == longest]
    return tied[0] if len(tied) == 1 else max(tied, key=lambda run: _mean_iou(masks, *run))


def _mean_iou(masks: list[ByteArray], first: int, last: int) -> float:
    """Mean IoU of consecutive masks; the masks are nested, so IoU is a ratio of areas."""
    areas = [int(np.count_nonzero(mask)) for mask in masks[first : last + 1]]
    return float(np.mean([a / b if b else 0.0 for a, b in pairwise(areas)])) if last > first else 0.0
