"""The instrument's info bar at the foot of an image: found where it is certain, else not at all.

A bar that is missed costs some false regions; a bar that is seen where there is none hides specimen. So every
sign must be there: a background of one value at the end of the gray scale, free of noise, over the whole
width; an edge against the specimen within one row; and lettering of many shapes at the other end of the scale.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, GrayImage

_MAX_SHARE = 0.25  # of the image's height
_MIN_ROWS = 12
_TOLERANCE = 10  # of 255: JPEG ringing around lettering
_EDGE_BAND = 6  # rows above the edge that must look different
_MIN_GLYPHS = 8
_MIN_SHAPES = 5


def detect_content_height(pixels: GrayImage) -> int:
    """Rows of specimen: the whole height unless the lowest rows are certainly an info bar.

    Args:
        pixels: (H, W) uint8 or uint16.
    """
    height, width = (int(side) for side in pixels.shape)
    lowest = int(height * (1 - _MAX_SHARE))
    if height - lowest < _MIN_ROWS or width < 8 * _MIN_ROWS:
        return height
    foot = _to_8bit(pixels, lowest)
    background = _bar_background(foot[-_MIN_ROWS:])
    if background is None:
        return height
    for top in _candidate_edges(foot, background):
        if _is_lettered(foot[top:], background):
            return lowest + top
    return height


def _to_8bit(pixels: GrayImage, lowest: int) -> NDArray[np.uint8]:
    """The rows from `lowest` on the scale from the image's darkest (0) to its brightest pixel (255)."""
    darkest, brightest = int(pixels.min()), int(pixels.max())
    span = max(brightest - darkest, 1)
    scaled = (pixels[lowest:].astype(np.float32) - darkest) * (255 / span)
    return scaled.astype(np.uint8)


def _bar_background(rows: NDArray[np.uint8]) -> int | None:
    """The one value that most of these rows have, if it is nearly black or nearly white."""
    counts = np.bincount(rows.ravel(), minlength=256)
    value = int(counts.argmax())
    is_extreme = value <= 25 or value >= 230
    is_noise_free = counts[value] >= 0.4 * rows.size
    return value if is_extreme and is_noise_free else None


def _candidate_edges(foot: NDArray[np.uint8], background: int) -> list[int]:
    """Rows where a bar can begin, the likeliest first."""
    share = _near(foot, background).mean(axis=1)
    rules = _ruled_rows(foot, background)
    top = _first_bar_row((share >= 0.4) | rules)
    is_apart = top >= _EDGE_BAND and bool(share[top - _EDGE_BAND : top].mean() <= 0.5)
    # Dark on dark, only a ruled line can tell the bar from the specimen.
    edges = [top] * is_apart + [int(row) for row in np.flatnonzero(rules)]
    return [row for row in edges if _EDGE_BAND <= row <= foot.shape[0] - _MIN_ROWS]


def _first_bar_row(is_bar_like: BoolArray) -> int:
    """Top of the run of bar rows that ends at the foot; rows of dense lettering do not break it."""
    column = is_bar_like.astype(np.uint8)[:, np.newaxis]
    closed = cv2.morphologyEx(column, cv2.MORPH_CLOSE, np.ones((5, 1), np.uint8))
    others = np.flatnonzero(closed[:, 0] == 0)
    return int(others.max()) + 1 if others.size else 0


def _ruled_rows(foot: NDArray[np.uint8], background: int) -> BoolArray:
    """Rows drawn as one full-width line in another colour than the background."""
    level = np.median(foot, axis=1)
    flat = np.abs(foot - level[:, np.newaxis]) <= _TOLERANCE
    is_ruled: BoolArray = (flat.mean(axis=1) >= 0.98) & (np.abs(level - background) > 127)
    return is_ruled


def _is_lettered(bar: NDArray[np.uint8], background: int) -> bool:
    """Whether the strip is flat background with lettering of full contrast on it."""
    contrast = np.abs(bar.astype(np.int16) - background)
    ink = contrast > 127
    if not 0.003 <= ink.mean() <= 0.5 or _near(bar, background)[~ink].mean() < 0.85:
        return False
    _, _, boxes, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    widths, heights = boxes[1:, cv2.CC_STAT_WIDTH], boxes[1:, cv2.CC_STAT_HEIGHT]
    # Frames, rulers and logos are no letters; neither are specks.
    glyphs = (widths <= bar.shape[1] // 8) & (heights <= 0.75 * bar.shape[0]) & (heights >= 4)
    shapes = {tuple(box) for box in boxes[1:][glyphs][:, 2:].tolist()}
    return int(glyphs.sum()) >= _MIN_GLYPHS and len(shapes) >= _MIN_SHAPES


def _near(rows: NDArray[np.uint8], value: int) -> BoolArray:
    return np.abs(rows.astype(np.int16) - value) <= _TOLERANCE
