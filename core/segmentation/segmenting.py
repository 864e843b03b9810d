"""The room's front door: a score map in, a mask and its regions out."""

import math

import numpy as np

from core.domain.arrays import BoolArray, FloatArray
from core.domain.lots import PixelSize
from core.domain.maps import Mask, Region, ScoreMap
from core.domain.recipes import SegmentationOptions
from core.segmentation.component_tree import binarize_component_tree
from core.segmentation.components import clean_mask
from core.segmentation.contrast import has_contrast
from core.segmentation.mebin import binarize_mebin
from core.segmentation.plateau import binarize_plateau
from core.segmentation.regions import find_regions


def segment(
    score_map: ScoreMap, options: SegmentationOptions, *, floor: float, pixel_size: PixelSize | None = None
) -> tuple[Mask, tuple[Region, ...]]:
    """Decide which pixels are defective, by the recipe's rule.

    Args:
        score_map: of the whole image.
        options: the rule and the limits on area and border.
        floor: the floor in force, resolved by the caller (`options.floor`, or the weights' calibration). It
            gates every rule: a map that nowhere exceeds it has no defect under any of them.
        pixel_size: of the image; without it `options.min_area_nm2` cannot be applied.

    Returns:
        The mask and the regions that cover it exactly, most anomalous first.

    Raises:
        ValueError: the map is empty, or holds NaN or infinities.
    """
    values = score_map.values
    mask = np.zeros(values.shape, dtype=np.bool_)
    if has_contrast(values) and (values > floor).any():
        mask = _binarize(values, options, floor, least_area_px(options, pixel_size))
    return Mask(mask), find_regions(mask, values)


def least_area_px(options: SegmentationOptions, pixel_size: PixelSize | None) -> int:
    """Pixels that a region has at least: both of the recipe's limits hold, the one in nm² where it can."""
    if options.min_area_nm2 is None or pixel_size is None:
        return options.min_area_px
    exact = options.min_area_nm2 / pixel_size.area_nm2(1)
    return max(options.min_area_px, math.ceil(round(exact, 6)))  # 0.3 / 0.1 is a hair over 3 in binary


def _binarize(values: FloatArray, options: SegmentationOptions, floor: float, min_area_px: int) -> BoolArray:
    if options.rule == "component_tree":
        return binarize_component_tree(values, floor, min_area_px=min_area_px, border_px=options.border_px)
    mask, _ = binarize_mebin(values, floor) if options.rule == "mebin" else binarize_plateau(values)
    return clean_mask(mask, min_area_px=min_area_px, border_px=options.border_px)
