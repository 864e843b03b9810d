"""From a native image to what a network sees, and back to the image's own size."""

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.domain.arrays import FloatArray, GrayImage

CLIP = 5.0
"""Standard deviations beyond which a pixel tells nothing more (a charging trail, a saturated particle)."""


def standardise(image: GrayImage) -> FloatArray:
    """Zero mean and unit deviation in the image itself, whatever its bit depth, gain and offset.

    Args:
        image: (H, W) native.

    Returns:
        (H, W) float32 in [−CLIP, CLIP]. The deviation is floored at half a grey level of 8 bits, so that a blank
        image stays blank.
    """
    full_scale = float(np.iinfo(image.dtype).max)
    pixels = image.astype(np.float32) / full_scale
    deviation = max(float(pixels.std()), 0.5 / 255)
    scaled = np.clip((pixels - pixels.mean()) / deviation, -CLIP, CLIP)
    return np.ascontiguousarray(scaled, dtype=np.float32)


def resize_longer_side(image: GrayImage, side: int | None) -> GrayImage:
    """(H, W) native at a recipe's input size: the longer side becomes `side` px; None leaves it as it is."""
    if side is None or max(image.shape) == side:
        return image
    scale = side / max(image.shape)
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized: GrayImage = cv2.resize(image, size, interpolation=method)
    return resized


MIN_SIDE = 64
"""Smaller images are padded: below four tokens a side there is nothing to compare a place with."""


def pad_to_multiple(x: Tensor, multiple: int) -> Tensor:
    """(B, 1, H, W) grown at bottom and right to multiples, by reflection where the image is large enough."""
    height, width = x.shape[-2:]
    down = max(MIN_SIDE - height, 0) + -max(height, MIN_SIDE) % multiple
    right = max(MIN_SIDE - width, 0) + -max(width, MIN_SIDE) % multiple
    if not down and not right:
        return x
    mode = "reflect" if down < height and right < width else "replicate"
    return F.pad(x, (0, right, 0, down), mode=mode)


def to_image_size(maps: Tensor, padded_hw: tuple[int, int], size_hw: tuple[int, int]) -> Tensor:
    """(B, h, w) maps of a padded batch to (B, H, W) of the images."""
    full = F.interpolate(maps[:, None], size=padded_hw, mode="bilinear", align_corners=False)[:, 0]
    return full[:, : size_hw[0], : size_hw[1]]


def to_batch(images: list[FloatArray], device: torch.device) -> Tensor:
    """(B, 1, H, W) of images of one size."""
    return torch.from_numpy(np.stack(images))[:, None].to(device, non_blocking=True)
