"""Seeded draws that every part of the generator shares."""

import math
from typing import TypeAlias

import cv2
import numpy as np

from core.domain.arrays import FloatArray

Rng: TypeAlias = np.random.Generator


def stream(seed: int, *path: int) -> Rng:
    """An independent generator for one purpose, so that changing one stage leaves the others alone."""
    return np.random.default_rng([seed, *path])


def chance(rng: Rng, probability: float) -> bool:
    """True with the given probability."""
    return bool(rng.random() < probability)


def uniform(rng: Rng, low: float, high: float) -> float:
    """One float, uniform in [low, high)."""
    return float(rng.uniform(low, high))


def log_uniform(rng: Rng, low: float, high: float) -> float:
    """One float whose logarithm is uniform: every octave is equally likely."""
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def smooth_field(rng: Rng, size_hw: tuple[int, int], scale_px: float) -> FloatArray:
    """Correlated Gaussian noise of about unit variance.

    Args:
        rng: the generator.
        size_hw: height and width, px.
        scale_px: correlation length; fields are made coarse and enlarged, which is cheap.

    Returns:
        (H, W) float32.
    """
    height, width = size_hw
    scale = max(scale_px, 1.0)
    coarse_hw = (math.ceil(height / scale) + 4, math.ceil(width / scale) + 4)
    coarse = rng.standard_normal(coarse_hw, dtype=np.float32)
    enlarged: FloatArray = cv2.resize(coarse, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    margin = int(scale)
    return enlarged[margin : margin + height, margin : margin + width] * np.float32(1.3)


def fractal_field(rng: Rng, size_hw: tuple[int, int], scale_px: float, octaves: int) -> FloatArray:
    """A sum of smooth fields, each half as coarse and weaker; about unit variance.

    Args:
        rng: the generator.
        size_hw: height and width, px.
        scale_px: the coarsest correlation length.
        octaves: how many fields.

    Returns:
        (H, W) float32.
    """
    total = np.zeros(size_hw, np.float32)
    power = 0.0
    for octave in range(octaves):
        weight = 0.65**octave
        total += np.float32(weight) * smooth_field(rng, size_hw, scale_px / 2**octave)
        power += weight**2
    return total / np.float32(math.sqrt(power))
