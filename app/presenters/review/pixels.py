"""What the viewer draws, computed off the main thread from native pixels, map and mask."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.ids import ImageId, RunId

if TYPE_CHECKING:
    from core.services.reference_view import ReferenceView

LEVEL_PERCENTILES = (0.5, 99.5)  # a dead or saturated pixel must not set the window
HISTOGRAM_PERCENTILES = (0.02, 99.98)
HISTOGRAM_BINS = 128  # at most; each is a whole number of the steps between gray values, or they would comb
SHADES = 255


@dataclass(frozen=True, slots=True)
class ImageKey:
    """An image with the run whose map and mask lie over it: another run is another picture, so is another reference.

    Attributes:
        shift_xy: as the engineer moved the reference.
        difference: whether the difference from the reference was computed.
    """

    image_id: ImageId
    run_id: RunId | None
    reference: Path | None = None
    shift_xy: tuple[float, float] | None = None
    difference: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class GrayStatistics:
    """Distribution of the specimen's native gray values.

    Attributes:
        levels: the automatic window, native gray values.
        low, high: gray values at the two ends of `counts`.
        counts: (at most HISTOGRAM_BINS,) float32, pixels per bin.
    """

    levels: tuple[float, float]
    low: float
    high: float
    counts: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class LoadedImage:
    """Everything that one image needs on the screen.

    Attributes:
        pixels: (H, W) uint8 or uint16, native.
        values: (H, W) float32 map; None before detection.
        shades: (H, W) uint8, the map on the fixed colour scale; None before detection.
        outline: (N, 2, 2) float32, segments ((x, y), (x, y)) along the pixel edges of the mask.
        reference: as the image sees it; None where it has none that can be read.
        difference_shades: (H, W) uint8, the difference on its colour scale; None where there is none.
        placed_xy: where the reference was put, px.
    """

    key: ImageKey
    pixels: GrayImage
    statistics: GrayStatistics
    values: FloatArray | None
    shades: NDArray[np.uint8] | None
    outline: FloatArray
    reference: "ReferenceView | None" = None
    difference_shades: NDArray[np.uint8] | None = None
    placed_xy: tuple[float, float] = (0.0, 0.0)

    @property
    def size_bytes(self) -> int:
        """Memory that the arrays hold."""
        arrays = [self.pixels, self.values, self.shades, self.outline, self.difference_shades]
        arrays += [] if self.reference is None else [self.reference.pixels, self.reference.difference]
        return sum(array.nbytes for array in arrays if array is not None)


def measure_gray(pixels: GrayImage, content_height: int) -> GrayStatistics:
    """Window and histogram of the rows above the info bar, from all their pixels."""
    counts = np.bincount(pixels[:content_height].ravel(), minlength=2)
    cumulative = np.cumsum(counts) / counts.sum()
    low, high = (float(np.searchsorted(cumulative, p / 100)) for p in LEVEL_PERCENTILES)
    start, stop = (int(np.searchsorted(cumulative, p / 100)) for p in HISTOGRAM_PERCENTILES)
    step = _gray_step(counts[start : stop + 1])
    width = step * -(-(stop + 1 - start) // (HISTOGRAM_BINS * step))
    bins = max(-(-(stop + 1 - start) // width), 2)
    padded = np.zeros(bins * width)
    inside = counts[start : start + bins * width]
    padded[: inside.size] = inside
    binned = padded.reshape(bins, width).sum(axis=1).astype(np.float32)
    return GrayStatistics((low, max(high, low + 1)), float(start), float(start + bins * width), binned)


def _gray_step(counts: NDArray[np.int64]) -> int:
    """The distance between gray values that occur: 16 bits often hold 8 or 12 that were stretched."""
    found = np.flatnonzero(counts)
    return int(np.gcd.reduce(np.diff(found))) if found.size > 1 else 1


def shade_map(values: FloatArray, map_range: tuple[float, float]) -> NDArray[np.uint8]:
    """The map as steps of the one fixed colour scale; values outside are clipped."""
    low, high = map_range
    shades: NDArray[np.uint8] = np.clip((values - low) * (SHADES / (high - low)), 0, SHADES).astype(np.uint8)
    return shades


def trace_outline(mask: BoolArray) -> FloatArray:
    """Edges between defective pixels and others, collinear neighbours merged.

    Args:
        mask: (H, W) bool.

    Returns:
        (N, 2, 2) float32 segments ((x, y), (x, y)); pixel (i, j) covers [j, j+1] × [i, i+1].
    """
    padded = np.pad(mask, 1)
    flat = _runs(padded[1:, 1:-1] != padded[:-1, 1:-1])
    upright = _runs((padded[1:-1, 1:] != padded[1:-1, :-1]).T)[:, :, ::-1]
    return np.concatenate([flat, upright]).astype(np.float32)


def _runs(edges: BoolArray) -> NDArray[np.int64]:
    """Runs of True along rows as (N, 2, 2) segments ((start, row), (stop, row))."""
    steps = np.diff(np.pad(edges, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    stops = np.nonzero(steps == -1)[1]
    return np.stack([np.stack([starts, rows], 1), np.stack([stops, rows], 1)], 1)
