"""The room's front door: a score map in, a mask and its regions out."""

import numpy as np

from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import Mask, Region, ScoreMap
from core.domain.recipes import SegmentationOptions
from core.segmentation.component_tree import binarize_component_tree
from core.segmentation.components import clean_mask
from core.segmentation.plateau import binarize_plateau
from core.segmentation.regions import find_regions


def segment(
    score_map: ScoreMap, options: SegmentationOptions, *, floor: float
) -> tuple[Mask, tuple[Region, ...]]:
    """Decide which pixels are defective, by the recipe's rule.

    Args:
        score_map: of the whole image.
        options: the rule and the limits on area and border.
        floor: the floor in force, resolved by the caller (`options.floor`, or the weights' calibration). It
            gates the plateau rule too: a map that nowhere exceeds it has no defect under either rule.

    Returns:
        The mask and the regions that cover it exactly, most anomalous first.
    """
    mask = _binarize(score_map.values, options, floor)
    return Mask(mask), find_regions(mask, score_map.values)


def _binarize(values: FloatArray, options: SegmentationOptions, floor: float) -> BoolArray:
    if options.rule == "component_tree":
        return binarize_component_tree(
            values, floor, min_area_px=options.min_area_px, border_px=options.border_px
        )
    if not (values > floor).any():
        return np.zeros(values.shape, dtype=np.bool_)
    mask, _ = binarize_plateau(values)
    return clean_mask(mask, min_area_px=options.min_area_px, border_px=options.border_px)
