"""Pictures of flipped images: the image twice, each with the mask that one recipe outlines."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.what_if import Flip, Opinion
from core.lots import read_pixels
from core.services.pixels import make_thumbnail

SIDE_PX = 200
GAP_PX, LINE_PX = 4, 2
RGB = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class FlipColors:
    """Of the two outlines."""

    before: RGB
    after: RGB


def read_flip_picture(flip: Flip, colors: FlipColors) -> NDArray[np.uint8]:
    """A's view left, B's right.

    Returns:
        (h, w, 3) RGB, the longer side of each half 200 px at most.

    Raises:
        UserError: the image is gone or no longer what it was.
    """
    rows = flip.record.content_height
    gray = make_thumbnail(read_pixels(flip.record)[:rows], SIDE_PX)
    gap = np.zeros((gray.shape[0], GAP_PX, 3), np.uint8)
    left = _outlined(gray, flip.before, rows, colors.before)
    right = _outlined(gray, flip.after, rows, colors.after)
    return np.ascontiguousarray(np.hstack((left, gap, right)))


def _outlined(gray: NDArray[np.uint8], opinion: Opinion, rows: int, color: RGB) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = np.repeat(gray[:, :, None], 3, axis=2)
    if not opinion.mask_png:
        return picture
    mask = cv2.imdecode(np.frombuffer(opinion.mask_png, np.uint8), cv2.IMREAD_GRAYSCALE)
    specimen = np.asarray(mask, np.float32)[:rows]  # as floats, or a region of a few pixels rounds away
    small = cv2.resize(specimen, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_AREA)
    found, _ = cv2.findContours((small > 0).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, found, -1, color, LINE_PX)
    return picture
