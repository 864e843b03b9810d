"""Colour and palettes to gray, without leaving the native bit depth."""

from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import GrayImage

_TO_GRAY = {
    ("rgb", 3): cv2.COLOR_RGB2GRAY,
    ("rgb", 4): cv2.COLOR_RGBA2GRAY,
    ("bgr", 3): cv2.COLOR_BGR2GRAY,
    ("bgr", 4): cv2.COLOR_BGRA2GRAY,
}


def luma(pixels: NDArray[Any], *, order: Literal["rgb", "bgr"]) -> GrayImage:
    """Brightness by ITU-R BT.601; equal channels come out unchanged.

    Args:
        pixels: (H, W), (H, W, 1), (H, W, 2), (H, W, 3) or (H, W, 4), uint8 or uint16; a second or fourth
            channel is alpha and ignored.
        order: of the three colour channels.

    Returns:
        (H, W) of the same dtype.
    """
    if pixels.ndim == 2:
        return pixels
    channels = pixels.shape[2]
    if channels < 3:
        return np.ascontiguousarray(pixels[:, :, 0])
    gray: GrayImage = cv2.cvtColor(np.ascontiguousarray(pixels), _TO_GRAY[order, channels])
    return gray


def look_up(indices: NDArray[Any], colormap: NDArray[np.uint16]) -> GrayImage:
    """Brightness of a palette image.

    Args:
        indices: (H, W) uint8 or uint16 palette indices.
        colormap: (3, N) red, green and blue, 16 bit as TIFF stores them.

    Returns:
        (H, W) of the dtype of `indices`.
    """
    # Some writers store 8-bit colours in the 16-bit table.
    is_narrow = indices.dtype == np.uint8 and colormap.max(initial=0) >= 256
    colors = (colormap >> 8 if is_narrow else colormap).astype(indices.dtype).T[np.newaxis]
    table: GrayImage = luma(colors, order="rgb")[0]
    gray: GrayImage = table[indices]
    return gray
