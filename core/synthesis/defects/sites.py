"""Where a defect can sit: chords across lines and gaps, single shapes, points on edges."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray
from core.synthesis.layout import ByteArray, Layout
from core.synthesis.randomness import Rng

ANGLES = 8
CANDIDATES = 24
MARGIN_PX = 7


@dataclass(frozen=True, slots=True)
class Chord:
    """The shortest way across a line or a gap.

    Attributes:
        x: middle, px.
        y: middle, px.
        angle: direction of the chord, radians; the line runs at a right angle to it.
        length: from edge to edge, px.
    """

    x: float
    y: float
    angle: float
    length: float


@dataclass(frozen=True, slots=True)
class Shape:
    """One connected shape of a layer.

    Attributes:
        inside: (H, W) bool.
        x: centroid, px.
        y: centroid, px.
        size_px: square root of the area.
    """

    inside: BoolArray
    x: float
    y: float
    size_px: float


def pick_layer(layout: Layout, rng: Rng, names: tuple[str, ...] = ()) -> int | None:
    """Index of a random opaque layer, of one of the names if any are given."""
    fits = [
        index
        for index, layer in enumerate(layout.layers)
        if (layer.name in names if names else layer.opacity > 0.6 and layer.name != "spacers")
    ]
    return int(rng.choice(fits)) if fits else None


def random_point(layout: Layout, rng: Rng, margin_px: float = MARGIN_PX) -> tuple[float, float]:
    """(x, y) anywhere but at the very border."""
    height, width = layout.size_hw
    margin = min(margin_px, height / 4, width / 4)
    return float(rng.uniform(margin, width - margin)), float(rng.uniform(margin, height - margin))


def find_chord(solid: BoolArray, rng: Rng, lengths_px: tuple[float, float]) -> Chord | None:
    """A random place inside a line (or gap) whose narrowest crossing has a length in the range.

    Args:
        solid: (H, W) True inside.
        rng: the generator.
        lengths_px: shortest and longest crossing.

    Returns:
        The chord, centred between the edges, or None.
    """
    height, width = solid.shape
    margin = min(MARGIN_PX, height // 5, width // 5)
    y = rng.integers(margin, height - margin, CANDIDATES * 2)
    x = rng.integers(margin, width - margin, CANDIDATES * 2)
    inside = solid[y, x]
    x, y = x[inside][:CANDIDATES], y[inside][:CANDIDATES]
    if len(x) == 0:
        return None
    forward, backward = _reach(solid, x, y, math.ceil(lengths_px[1]) + 2)
    total = forward + backward
    best = total.argmin(axis=1)
    rows = np.arange(len(x))
    fits = (total[rows, best] >= lengths_px[0]) & (total[rows, best] <= lengths_px[1])
    if not fits.any():
        return None
    row = int(rng.choice(np.flatnonzero(fits)))
    angle = math.pi * int(best[row]) / ANGLES
    middle = float(forward[row, best[row]] - backward[row, best[row]]) / 2
    along = (math.cos(angle) * middle, math.sin(angle) * middle)
    return Chord(float(x[row]) + along[0], float(y[row]) + along[1], angle, float(total[row, best[row]]))


def _reach(
    solid: BoolArray, x: NDArray[np.int64], y: NDArray[np.int64], limit: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far each point sees the inside, per angle, forward and backward; leaving the image counts as far."""
    angles = np.pi * np.arange(ANGLES) / ANGLES
    steps = np.arange(1, limit + 1)
    reach: list[NDArray[np.float64]] = []
    for sign in (1, -1):
        px = np.rint(x[:, None, None] + sign * np.cos(angles)[None, :, None] * steps).astype(int)
        py = np.rint(y[:, None, None] + sign * np.sin(angles)[None, :, None] * steps).astype(int)
        here = solid[np.clip(py, 0, solid.shape[0] - 1), np.clip(px, 0, solid.shape[1] - 1)]
        blocked = ~here
        first = np.where(blocked.any(axis=2), blocked.argmax(axis=2), limit * 2)
        reach.append(first.astype(np.float64) + 0.5)
    return reach[0], reach[1]


def inside_of(mask: ByteArray) -> BoolArray:
    """(H, W) True where the mask is drawn."""
    inside: BoolArray = mask > 127
    return inside


def find_shape(mask: ByteArray, rng: Rng, *, max_share: float = 0.05) -> Shape | None:
    """A random connected shape that lies wholly inside the image and is not too large.

    Args:
        mask: (H, W) uint8.
        rng: the generator.
        max_share: largest area as a share of the image.
    """
    _, labels, stats, centres = cv2.connectedComponentsWithStats(
        inside_of(mask).astype(np.uint8), connectivity=4
    )
    height, width = mask.shape
    left, top, across, down, area = stats.T
    whole = (left > 1) & (top > 1) & (left + across < width - 1) & (top + down < height - 1)
    fits = np.flatnonzero(whole & (area >= 9) & (area < max_share * height * width))
    fits = fits[fits > 0]
    if len(fits) == 0:
        return None
    index = int(rng.choice(fits))
    return Shape(
        labels == index, float(centres[index, 0]), float(centres[index, 1]), math.sqrt(float(area[index]))
    )
