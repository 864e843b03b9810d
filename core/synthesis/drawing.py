"""Shapes onto masks, through a frame that may be rotated and mirrored."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.synthesis.layout import ByteArray
from core.synthesis.randomness import Rng, chance, uniform

SHIFT_BITS = 4
DISC_CORNERS = 20


@dataclass(frozen=True, slots=True)
class Frame:
    """Where layout coordinates land in the image.

    Attributes:
        size_hw: image height and width, px.
        extent_wh: layout width and height that cover the whole image.
        matrix: (2, 2) float64 rotation and mirror about the centres.
    """

    size_hw: tuple[int, int]
    extent_wh: tuple[float, float]
    matrix: NDArray[np.float64]

    def to_image(self, points_xy: ArrayLike) -> NDArray[np.float64]:
        """(..., 2) layout coordinates to image coordinates, px."""
        centre = np.array([self.size_hw[1], self.size_hw[0]]) / 2
        points = np.asarray(points_xy, np.float64) - np.array(self.extent_wh) / 2
        placed: NDArray[np.float64] = points @ self.matrix.T + centre
        return placed

    def blank(self) -> ByteArray:
        """(H, W) uint8, nothing drawn."""
        return np.zeros(self.size_hw, np.uint8)


def random_frame(rng: Rng, size_hw: tuple[int, int]) -> Frame:
    """A frame with a quarter turn, a mirror and sometimes a tilt."""
    degrees = 90.0 * int(rng.integers(4))
    if chance(rng, 0.3):
        degrees += uniform(rng, -4, 4)
    elif chance(rng, 0.06):
        degrees += uniform(rng, -45, 45)
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    mirror = -1.0 if chance(rng, 0.5) else 1.0
    matrix = np.array([[cos, -sin * mirror], [sin, cos * mirror]])
    height, width = size_hw
    extent = (abs(cos) * width + abs(sin) * height, abs(sin) * width + abs(cos) * height)
    return Frame(size_hw, extent, matrix)


def fill_polygons(mask: ByteArray, polygons_xy: ArrayLike, value: int = 255) -> None:
    """Fills convex polygons given in image coordinates.

    Args:
        mask: (H, W) uint8, changed in place.
        polygons_xy: (N, K, 2) image coordinates, px.
        value: what to write; 0 erases.
    """
    fixed = np.rint(np.asarray(polygons_xy, np.float64) * (1 << SHIFT_BITS)).astype(np.int32)
    for polygon in fixed:
        cv2.fillConvexPoly(mask, polygon, value, cv2.LINE_AA, SHIFT_BITS)


def fill_outline(mask: ByteArray, outline_xy: ArrayLike, value: int = 255) -> None:
    """Fills one outline that may be concave; (K, 2) image coordinates."""
    fixed = np.rint(np.asarray(outline_xy, np.float64) * (1 << SHIFT_BITS)).astype(np.int32)
    cv2.fillPoly(mask, [fixed], value, cv2.LINE_AA, SHIFT_BITS)


def box_corners(boxes_xyxy: ArrayLike) -> NDArray[np.float64]:
    """(N, 4) boxes to (N, 4, 2) corners."""
    boxes = np.asarray(boxes_xyxy, np.float64).reshape(-1, 4)
    return boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]


def draw_boxes(mask: ByteArray, frame: Frame, boxes_xyxy: ArrayLike, value: int = 255) -> None:
    """Draws axis-aligned boxes of the layout; (N, 4) layout coordinates."""
    fill_polygons(mask, frame.to_image(box_corners(boxes_xyxy)), value)


def draw_discs(
    mask: ByteArray, frame: Frame, centres_xy: ArrayLike, radii_xy: ArrayLike, value: int = 255
) -> None:
    """Draws ellipses.

    Args:
        mask: (H, W) uint8, changed in place.
        frame: where layout coordinates land.
        centres_xy: (N, 2) layout coordinates.
        radii_xy: (N, 2) half axes, px.
        value: what to write.
    """
    angles = np.linspace(0, 2 * np.pi, DISC_CORNERS, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    centres = np.asarray(centres_xy, np.float64).reshape(-1, 1, 2)
    radii = np.asarray(radii_xy, np.float64).reshape(-1, 1, 2)
    fill_polygons(mask, frame.to_image(centres + ring * radii), value)


def oriented_box(centre_xy: ArrayLike, angle: float, length: float, width: float) -> NDArray[np.float64]:
    """(4, 2) corners of a box whose length runs along the angle (radians), image coordinates."""
    along = np.array([math.cos(angle), math.sin(angle)]) * length / 2
    across = np.array([-math.sin(angle), math.cos(angle)]) * width / 2
    corners = np.stack([along + across, along - across, -along - across, -along + across])
    placed: NDArray[np.float64] = np.asarray(centre_xy, np.float64) + corners
    return placed
