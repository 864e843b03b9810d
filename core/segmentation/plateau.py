"""IC-DefectNCD's self-saliency adaptive binarization, to the letter."""

from itertools import pairwise

import numpy as np

from core.domain.arrays import BoolArray, FloatArray
from core.segmentation.contrast import has_contrast
from core.segmentation.sweep import Run, block_px, longest_run, pool_highest, stable_runs, sweep

_STEPS = 64


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

    Raises:
        ValueError: the map is empty, or holds NaN or infinities.

    Source:
        IC-DefectNCD, Sec. 3.3. The percentiles are not given there. We sweep a map pooled to 112 cells a side
        and apply the winner at full size, and leave out the threshold 0, which every pixel passes.
    """
    block = block_px(values.shape)
    if not has_contrast(values):
        return np.zeros(values.shape, dtype=np.bool_), float("inf")
    # One pixel a block, not its highest, which would shift the percentiles; all pixels would cost like the sweep.
    low, high = (float(value) for value in np.percentile(values[::block, ::block], percentiles))
    if not high > low:
        return np.zeros(values.shape, dtype=np.bool_), float("inf")
    saliency = np.clip((pool_highest(values, block) - low) / (high - low), 0, 1)
    threshold = low + _stable_threshold(saliency, epsilon) * (high - low)
    return values >= threshold, threshold


def _stable_threshold(saliency: FloatArray, epsilon: int) -> float:
    thresholds = np.arange(_STEPS, 0, -1, dtype=np.float32) / np.float32(_STEPS)
    masks, counts = sweep(saliency, thresholds)
    _, last = longest_run(stable_runs(counts, epsilon), lambda run: _mean_iou(masks, run))
    return float(thresholds[last])


def _mean_iou(masks: list[BoolArray], run: Run) -> float:
    """Mean IoU of consecutive masks; the masks are nested, so IoU is a ratio of areas."""
    areas = [int(np.count_nonzero(mask)) for mask in masks[run[0] : run[1] + 1]]
    return float(np.mean([a / b if b else 0.0 for a, b in pairwise(areas)])) if len(areas) > 1 else 0.0
