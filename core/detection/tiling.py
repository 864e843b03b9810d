"""Large images in overlapping tiles, so that memory is bounded and small defects keep their size."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.domain.arrays import FloatArray

MAX_SIDE = 768
"""Images up to this side are seen whole, so that the whole layout can explain each place."""
TILE = 512
OVERLAP = 64


@dataclass(frozen=True, slots=True)
class Tile:
    """A window of an image: rows top..bottom, columns left..right (exclusive)."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, array: FloatArray) -> FloatArray:
        """The window of an array (H, W)."""
        return array[self.top : self.bottom, self.left : self.right]


def tiles_of(size_hw: tuple[int, int]) -> tuple[Tile, ...]:
    """Windows that cover an image; one when it is small enough."""
    height, width = size_hw
    if max(height, width) <= MAX_SIDE:
        return (Tile(0, height, 0, width),)
    return tuple(
        Tile(top, bottom, left, right) for top, bottom in _spans(height) for left, right in _spans(width)
    )


def _spans(length: int) -> Iterator[tuple[int, int]]:
    if length <= MAX_SIDE:
        yield 0, length
        return
    count = -(-(length - OVERLAP) // (TILE - OVERLAP))
    for index in range(count):
        start = round(index * (length - TILE) / (count - 1))
        yield start, start + TILE


def blend(maps: list[FloatArray], tiles: tuple[Tile, ...], size_hw: tuple[int, int]) -> FloatArray:
    """One map of the tiles' maps; overlaps are averaged, a tile's own margin counting less.

    Args:
        maps: one (h, w) float32 a tile.
        tiles: where they belong.
        size_hw: of the image.
    """
    if len(tiles) == 1:
        return maps[0]
    total = np.zeros(size_hw, np.float32)
    weight = np.zeros(size_hw, np.float32)
    for values, tile in zip(maps, tiles, strict=True):
        window = np.minimum.outer(_ramp(values.shape[0]), _ramp(values.shape[1]))
        tile.of(total)[...] += values * window
        tile.of(weight)[...] += window
    return total / weight


def _ramp(length: int) -> FloatArray:
    """1 inside, falling to nearly 0 over the overlap at both ends."""
    distance = np.minimum(np.arange(length), np.arange(length)[::-1]) + 1
    return np.minimum(distance / OVERLAP, 1).astype(np.float32)
