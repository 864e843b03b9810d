"""Very many points as an image: counting them by pixel costs the same at every zoom."""

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import FloatArray

_GAIN = 0.55
"""How bright a lone point is; more points in a pixel come nearer to full brightness."""


def paint_points(
    places: FloatArray,
    colors: NDArray[np.uint8],
    view: tuple[float, float, float, float],
    size_wh: tuple[int, int],
) -> NDArray[np.uint8]:
    """An RGBA image of the points in a view, each pixel in the mean colour of its points.

    Args:
        places: (N, 2) float32.
        colors: (N, 3) uint8.
        view: left, bottom, width and height in the units of `places`.
        size_wh: of the image in px.

    Returns:
        (H, W, 4) uint8, row 0 at the bottom of the view.
    """
    left, bottom, width, height = view
    columns = ((places[:, 0] - left) * (size_wh[0] / width)).astype(np.int32)
    rows = ((places[:, 1] - bottom) * (size_wh[1] / height)).astype(np.int32)
    inside = (columns >= 0) & (columns < size_wh[0]) & (rows >= 0) & (rows < size_wh[1])
    cells = rows[inside] * size_wh[0] + columns[inside]
    shown = colors[inside]
    pixels = size_wh[0] * size_wh[1]
    counts = np.bincount(cells, minlength=pixels)
    image = np.zeros((pixels, 4), np.uint8)
    hit = np.flatnonzero(counts)
    for channel in range(3):
        sums = np.bincount(cells, weights=shown[:, channel], minlength=pixels)
        image[hit, channel] = sums[hit] / counts[hit]
    image[hit, 3] = 255 * (1 - (1 - _GAIN) ** np.minimum(counts[hit], 16))
    return image.reshape(size_wh[1], size_wh[0], 4)
