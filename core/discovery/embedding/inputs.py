"""From crops of any size to what a network sees."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor

from core.domain.arrays import FloatArray
from core.domain.maps import Crop
from core.networks.preprocess import CLIP

_LEAST_DEVIATION = 0.5 / 255


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
    """(2, side, side) of one crop's (S, S) pixels and mask."""
    image = standardise_crop(_resize(pixels, side))
    return np.stack([image, np.clip(_resize(soft_mask, side), 0, 1)])


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
