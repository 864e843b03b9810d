"""The component tree of one area: which of its peaks are defects of their own, and where each is cut."""

import numpy as np

from core.domain.arrays import FloatArray
from core.segmentation.components import component_peaks, label_components
from core.segmentation.sweep import block_px, pool_highest, spread_cells

_LEVELS = np.geomspace(1 / 8, 1, 10, dtype=np.float32)
"""Levels tried, as shares of the highest cut. Under an eighth of it, noise in a strong defect's skirt would count."""


def branch_cuts(heights: FloatArray, cut: float, min_area_px: int) -> FloatArray:
    """Height at which each pixel is cut: a fraction of the highest peak of its own branch.

    The level is raised from near the ground to the cut of the highest peak. Wherever the area falls apart, a part
    becomes a branch if it has come loose under its own cut: `min_area_px` of its pixels rise to 1/`cut` times
    the level, so that the saddle lies under the cut of its peak. A branch may fall apart again. What has not
    become a branch stays with the one that it came from, so cuts only ever get lower: no pixel that the highest
    peak's cut marks is lost.

    Args:
        heights: (H, W) float32 over the floor, 0 outside the area.
        cut: fraction of a peak's height at which it is cut, in [0, 1].
        min_area_px: pixels that must rise, lest a speck of noise becomes a branch.

    Returns:
        (H, W) float32. An area of more than 112 pixels a side is treed in blocks; two defects less than a block
        apart stay one there.
    """
    block = block_px(heights.shape)
    cells = pool_highest(heights, block)
    highest_cut = cut * float(cells.max())
    cuts = np.full(cells.shape, highest_cut, dtype=np.float32)
    if highest_cut > 0:
        least_cells = max(1, round(min_area_px / block**2))
        for level in highest_cut * _LEVELS:
            _lower_cuts(cuts, cells, cut, level, least_cells)
    return spread_cells(cuts, block, heights.shape)


def _lower_cuts(cuts: FloatArray, cells: FloatArray, cut: float, level: float, least_cells: int) -> None:
    """Give the parts that are loose at a level, and high enough there, cuts of their own, in place."""
    count, labels = label_components(cells >= level)
    if count < 2:
        return
    risen = np.bincount(labels[cells * cut >= level], minlength=count + 1)
    is_branch = risen >= least_cells
    is_branch[0] = False
    own_cuts = cut * component_peaks(cells, labels, count)
    np.copyto(cuts, own_cuts[labels], where=is_branch[labels])
