"""From crops of any size to what a network sees."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor

from core.domain.arrays import FloatArray
from core.domain.maps import Crop
from core.networks.preprocess import CLIP

LEAST_SHARE = 0.65
"""Of a crop's side that a network sees at least, for a defect's surroundings."""

_LEAST_DEVIATION = 0.5 / 255
_OUTLINE = 0.25  # of the mask's maximum
_SURROUNDINGS = 1.4  # times the defect's extent


def to_inputs(crops: Sequence[Crop], side: int) -> Tensor:
    """Crops as one batch.

    Args:
        crops: of any sizes.
        side: of what the network sees, in px.

    Returns:
        (B, 2, side, side) float32: the pixels, standardised within the crop, and the soft mask in [0, 1].
    """
    pairs = [to_input(crop.pixels, crop.soft_mask, side) for crop in crops]
    return torch.from_numpy(np.stack(pairs))


def to_input(pixels: FloatArray, soft_mask: FloatArray, side: int) -> FloatArray:
    """(2, side, side) of one crop's (S, S) pixels and mask, nearer where the defect is small."""
    left, top, width = closer_square(soft_mask, LEAST_SHARE * len(soft_mask))
    window = np.s_[top : top + width, left : left + width]
    return finish_input(_resize(pixels[window], side), _resize(soft_mask[window], side))


def finish_input(pixels: FloatArray, soft_mask: FloatArray) -> FloatArray:
    """(2, S, S) of pixels and mask that have their final size."""
    return np.stack([standardise_crop(pixels), np.clip(soft_mask, 0, 1)])


def closer_square(soft_mask: FloatArray, least: float) -> tuple[int, int, int]:
    """A square inside a crop, about its defect: small defects must not lose their few pixels to the resizing.

    Args:
        soft_mask: (S, S); without any mask the square is the whole crop.
        least: of its side, in px.

    Returns:
        Left, top and side in px.
    """
    full = len(soft_mask)
    is_defect = soft_mask > _OUTLINE * float(soft_mask.max())
    rows, columns = np.flatnonzero(is_defect.any(axis=1)), np.flatnonzero(is_defect.any(axis=0))
    if not len(rows):
        rows = columns = np.array([0, full - 1])
        least = full
    extent = max(int(np.ptp(rows)), int(np.ptp(columns))) + 1
    side = min(round(max(_SURROUNDINGS * extent, least)), full)
    top, left = (
        int(np.clip(round((int(span[0]) + int(span[-1]) + 1 - side) / 2), 0, full - side))
        for span in (rows, columns)
    )
    return left, top, side


def standardise_crop(pixels: FloatArray) -> FloatArray:
    """Zero mean and unit deviation in the crop, clipped at CLIP deviations; a blank crop stays blank."""
    deviation = max(float(pixels.std()), _LEAST_DEVIATION)
    scaled: FloatArray = np.clip((pixels - pixels.mean()) / deviation, -CLIP, CLIP).astype(np.float32)
    return scaled


def _resize(array: FloatArray, side: int) -> FloatArray:
    if array.shape == (side, side):
        return array
    method = cv2.INTER_AREA if array.shape[0] > side else cv2.INTER_LINEAR
    resized: FloatArray = cv2.resize(array, (side, side), interpolation=method)
    return resized
