"""A crop taken apart: the defect, what lies around it, and what was to be expected in its place."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import Crop

NEAR_PX = 2
LEAST_SPREAD = 0.01
"""Of the full scale."""

_OUTLINE = 0.25  # of the soft mask's maximum
_BLUR_PX = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class TakenApart:
    """Parts of a crop; (S, S) each.

    Attributes:
        pixels: slightly blurred.
        expected: what was to be expected.
        inside, ring, outside: bool.
        spread: of the pixels outside.
    """

    pixels: FloatArray
    expected: FloatArray
    inside: BoolArray
    ring: BoolArray
    outside: BoolArray
    spread: float

    @property
    def extent(self) -> int:
        """Longer side of the defect's box, px."""
        return extent_of(self.inside)


def take_apart(crop: Crop) -> TakenApart:
    """Parts of a crop; where nothing is marked, the defect is taken to lie in the middle."""
    inside = crop.soft_mask > _OUTLINE * max(float(crop.soft_mask.max()), 1e-6)
    if not inside.any() or inside.all():
        inside = _middle(inside.shape)
    pixels: FloatArray = cv2.GaussianBlur(crop.pixels, (0, 0), _BLUR_PX)
    outside = ~grown(inside, NEAR_PX)
    ring = outside & grown(inside, NEAR_PX + int(np.clip(0.6 * extent_of(inside), 6, 24)))
    outside = outside if outside.any() else ~inside
    ring = ring if ring.any() else outside
    spread = max(float(pixels[outside].std()), LEAST_SPREAD)
    expected = pixels if crop.expected is None else crop.expected
    return TakenApart(pixels, expected, inside, ring, outside, spread)


def grown(mask: BoolArray, reach: int) -> BoolArray:
    """The mask and what lies within so many pixels of it."""
    wide: BoolArray = cv2.dilate(mask.astype(np.uint8), _disc(reach)) > 0
    return wide


def shrunk(mask: BoolArray, reach: int) -> BoolArray:
    """The mask without what lies within so many pixels of its rim."""
    narrow: BoolArray = cv2.erode(mask.astype(np.uint8), _disc(reach)) > 0
    return narrow


def box_of(mask: BoolArray) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is marked; the ends lie beyond it."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def extent_of(mask: BoolArray) -> int:
    """Longer side of its box, px."""
    top, bottom, left, right = box_of(mask)
    return max(bottom - top, right - left)


def elongation(mask: BoolArray) -> tuple[float, float]:
    """Logarithm of the ratio of the axes, and the angle of the longer one."""
    rows, columns = np.nonzero(mask)
    points = np.stack([columns, rows]).astype(np.float64)
    covariance = np.cov(points) if points.shape[1] > 1 else np.zeros((2, 2))
    weights, directions = np.linalg.eigh(covariance + 0.1 * np.eye(2))
    return float(np.log(weights[1] / weights[0]) / 2), float(np.arctan2(directions[1, 1], directions[0, 1]))


def slopes(pixels: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Grey levels a pixel, along x and along y."""
    return cv2.Sobel(pixels, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(pixels, cv2.CV_32F, 0, 1) / 8


def _middle(shape_hw: tuple[int, ...]) -> BoolArray:
    mask = np.zeros(shape_hw, np.bool_)
    third = (
        slice(shape_hw[0] // 3, -(-2 * shape_hw[0] // 3)),
        slice(shape_hw[1] // 3, -(-2 * shape_hw[1] // 3)),
    )
    mask[third] = True
    return mask


def _disc(reach: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    disc: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = cv2.getStructuringElement(
        cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2
    ).astype(np.uint8)
    return disc
