"""The default rule: an absolute floor, and each defect cut at a fraction of its own peak."""

import numpy as np

from core.domain.arrays import BoolArray, FloatArray
from core.segmentation.branches import branch_cuts
from core.segmentation.components import AREA, clean_mask, component_peaks, measure_components, window_of
from core.segmentation.contrast import has_contrast

_MAD_FACTOR = 7.0
_SAMPLE_SIDE = 128


def binarize_component_tree(
    values: FloatArray,
    floor: float | None,
    *,
    cut: float = 0.5,
    min_area_px: int = 9,
    border_px: int = 2,
) -> BoolArray:
    """Mark the defects of a map; a map that stays under the floor, or is equal all over, has none.

    Every component above the floor is cut at its own level, so a faint defect survives beside a strong one
    and a strong one does not swell to its skirt. Two defects whose skirts touch are two (`branch_cuts`): each
    is cut at its own peak, if the saddle between them lies under the cut of the fainter one.

    Args:
        values: (H, W) float32, higher = more anomalous, on any scale.
        floor: value that normal pixels do not exceed; None takes the map's own, `self_floor`.
        cut: fraction of the way from the floor to a defect's peak at which it is cut, in [0, 1].
        min_area_px: smaller parts are dropped.
        border_px: margin in which nothing is called defective.

    Returns:
        (H, W) bool.

    Raises:
        ValueError: the map is empty, or holds NaN or infinities.

    Source:
        Our own; IC-DefectNCD's rule (`binarize_plateau`) marks most of a clean image.
    """
    if not has_contrast(values):
        return np.zeros(values.shape, dtype=np.bool_)
    floor = self_floor(values) if floor is None else floor
    above = values > floor
    if not above.any():
        return above
    mask = _cut_components(values, above, floor, cut, min_area_px)
    return clean_mask(mask, min_area_px=min_area_px, border_px=border_px)


def _cut_components(
    values: FloatArray, above: BoolArray, floor: float, cut: float, min_area_px: int
) -> BoolArray:
    count, labels, stats, _ = measure_components(above)
    heights = np.maximum(values - np.float32(floor), np.float32(0))
    cuts = cut * component_peaks(heights, labels, count)
    inside = np.flatnonzero(above)
    mask = np.zeros(above.shape, dtype=np.bool_)
    mask.ravel()[inside] = heights.ravel()[inside] >= cuts[labels.ravel()[inside]]
    for label in 1 + np.flatnonzero(stats[1:, AREA] >= 2 * min_area_px):  # what is smaller cannot be two
        window = window_of(stats[label])
        own = np.where(labels[window] == label, heights[window], np.float32(0))
        mask[window] |= (own > 0) & (own >= branch_cuts(own, cut, min_area_px))
    return mask


def self_floor(values: FloatArray) -> float:
    """Median + 7·MAD of a map: a stand-in for a calibrated floor.

    It sees one image only, so it cannot tell a map that is defective all over from a clean one.
    """
    step_y, step_x = (max(1, side // _SAMPLE_SIDE) for side in values.shape)
    sample = values[::step_y, ::step_x]
    median = float(np.median(sample))
    return median + _MAD_FACTOR * float(np.median(np.abs(sample - median)))
