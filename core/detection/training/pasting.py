"""Defects that nobody had to draw: patches of the product itself, pasted where they do not belong."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.detection.training.corpus import TrainingSet, paste_foreign_patch
from core.domain.arrays import BoolArray

_TRIES = 12


def paste_defects(squares: NDArray[np.uint8], count: int, seed: int) -> TrainingSet:
    """As many defect-free squares as defective ones, to calibrate on; few squares are used again, turned.

    Args:
        squares: (N, S, S), defect-free.
        count: of each kind.
        seed: of what is pasted, and where.

    Returns:
        2 × `count` squares: the first half is clean, in the second half each holds one visible patch.
    """
    rng = np.random.default_rng(seed)
    clean = [_turned(squares[index % len(squares)], index // len(squares)) for index in range(count)]
    pasted = [_paste(image, squares[int(rng.integers(len(squares)))], rng) for image in clean]
    masks = np.zeros((2 * count, *squares.shape[1:]), np.bool_)
    masks[count:] = [mask for _, mask in pasted]
    return TrainingSet(np.stack([*clean, *(image for image, _ in pasted)]), masks)


def _turned(square: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    """One of the eight symmetries; the first is the square itself."""
    turned = np.rot90(square, turn % 4)
    return np.ascontiguousarray(turned[:, ::-1] if turn // 4 % 2 else turned)


def _paste(
    image: NDArray[np.uint8], donor: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], BoolArray]:
    """A patch that shows; on a product without structure no patch of its own does, so it gets a blot."""
    for _ in range(_TRIES):
        pasted, mask = paste_foreign_patch(image, donor, rng)
        if mask.any():
            return pasted, mask
    return _blot(image, rng)


def _blot(image: NDArray[np.uint8], rng: np.random.Generator) -> tuple[NDArray[np.uint8], BoolArray]:
    """A disc at the end of the grey scale that is farther away."""
    side = image.shape[0]
    radius = int(rng.integers(4, max(5, side // 8)))
    x, y = (int(place) for place in rng.integers(radius, side - radius, 2))
    disc = np.zeros(image.shape, np.uint8)
    cv2.circle(disc, (x, y), radius, 1, cv2.FILLED)
    mask = disc > 0
    level = 0 if image[mask].mean() > 127 else 255
    return np.where(mask, np.uint8(level), image), mask
