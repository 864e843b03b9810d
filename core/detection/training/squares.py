"""Squares out of images of any size and bit depth: what training and calibration are fed with."""

import numpy as np
from numpy.typing import NDArray

from core.detection.training.corpus import TrainingSet
from core.domain.arrays import GrayImage

_TAILS = (0.1, 99.9)  # percentiles; a dead pixel must not take the contrast of all others


def to_8_bit(image: GrayImage) -> NDArray[np.uint8]:
    """(H, W) native to 8 bit, stretched between its tails: 12-bit signals in 16-bit files keep their contrast."""
    low, high = np.percentile(image, _TAILS)
    stretched = (image.astype(np.float32) - low) * (255 / max(float(high - low), 1.0))
    eight: NDArray[np.uint8] = np.clip(np.rint(stretched), 0, 255).astype(np.uint8)
    return eight


def cut_squares(
    image: NDArray[np.uint8], side: int, limit: int, rng: np.random.Generator
) -> list[NDArray[np.uint8]]:
    """Evenly spaced squares that cover an image; of more than `limit`, some that are drawn by chance.

    Args:
        image: (H, W), neither side shorter than `side`.
        side: in px.
        limit: squares at most.

    Returns:
        (side, side) copies.
    """
    corners = [(top, left) for top in _starts(image.shape[0], side) for left in _starts(image.shape[1], side)]
    if len(corners) > limit:
        corners = [corners[index] for index in sorted(rng.choice(len(corners), limit, replace=False))]
    return [image[top : top + side, left : left + side].copy() for top, left in corners]


def _starts(length: int, side: int) -> list[int]:
    return [round(start) for start in np.linspace(0, length - side, -(-length // side))]


def clean_set(squares: NDArray[np.uint8]) -> TrainingSet:
    """Squares (N, S, S) with empty masks that take no memory."""
    return TrainingSet(squares, np.broadcast_to(np.False_, squares.shape))
