"""From a native image to what a method sees."""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.domain.arrays import GrayImage
from core.networks.preprocess import CLIP, standardise

_GENERATIVE_CLIP = 3.0
"""Standard deviations that generators span from −1 to 1: few pixels lie beyond."""


def to_square(image: GrayImage, side: int) -> NDArray[np.uint8]:
    """(H, W) native to (side, side) 8 bit, centred and scaled by the image's own mean and deviation.

    The papers resize the whole image to a square without keeping its aspect; so do we.
    """
    method = cv2.INTER_AREA if max(image.shape) > side else cv2.INTER_LINEAR
    resized: GrayImage = cv2.resize(image, (side, side), interpolation=method)
    eight: NDArray[np.uint8] = np.rint((standardise(resized) / CLIP + 1) * 127.5).astype(np.uint8)
    return eight


def to_input(squares: NDArray[np.uint8]) -> Tensor:
    """(B, S, S) 8 bit to (B, 1, S, S) in [−CLIP, CLIP], zero mean and unit deviation."""
    return (torch.from_numpy(squares).float()[:, None] / 127.5 - 1) * CLIP


def to_generative(x: Tensor) -> Tensor:
    """Standardised to [−1, 1], the range of a generator's tanh."""
    return (x / _GENERATIVE_CLIP).clamp(-1, 1)


def to_photograph(x: Tensor) -> Tensor:
    """Standardised to three channels in [0, 1], for networks that normalise by themselves."""
    return ((to_generative(x) + 1) / 2).expand(-1, 3, -1, -1)
