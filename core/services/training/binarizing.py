"""The product's segmentation as a calibration sees it."""

from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import ScoreMap
from core.domain.recipes import SegmentationOptions
from core.segmentation import segment

_DEFAULT = SegmentationOptions()


def binarize(values: FloatArray, floor: float, options: SegmentationOptions = _DEFAULT) -> BoolArray:
    """The mask of a map.

    Args:
        values: (H, W) float32.
        floor: value from which a pixel may be called defective.
        options: the default ones where weights are calibrated for every recipe.

    Returns:
        (H, W) bool.
    """
    mask, _ = segment(ScoreMap(values, 1.0), options, floor=floor)
    return mask.pixels
