"""Connected components and the clean-up that the binarization rules share."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray

LabelArray: TypeAlias = NDArray[np.int32]  # (H, W): 0 is background, 1..N the components

StatArray: TypeAlias = NDArray[np.int32]  # (N + 1, 5) by label: left, top, width, height, area in px

AREA = cv2.CC_STAT_AREA
"""Column of a StatArray."""


def label_components(mask: BoolArray) -> tuple[int, LabelArray]:
    """Number the 8-connected components of a mask from 1; returns how many there are, and the labels."""
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    return count - 1, labels


def measure_components(mask: BoolArray) -> tuple[int, LabelArray, StatArray, NDArray[np.float64]]:
    """As `label_components`, with boxes and areas, and with (N + 1, 2) centroids, x before y.

    With OpenCV 5 the default algorithm takes three times as long as this one when it measures.
    """
    count, labels, stats, centroids = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask.view(np.uint8), connectivity=8, ltype=cv2.CV_32S, ccltype=cv2.CCL_GRANA
    )
    return count - 1, labels, stats, centroids


def window_of(stat: NDArray[np.int32]) -> tuple[slice, slice]:
    """Rows and columns of a component's box, from its row of a StatArray."""
    left, top, width, height = (int(value) for value in stat[:AREA])
    return slice(top, top + height), slice(left, left + width)


def component_peaks(values: FloatArray, labels: LabelArray, count: int) -> FloatArray:
    """Highest value in each component.

    Returns:
        (count + 1,) float32 indexed by label; label 0 is 0.
    """
    inside = np.flatnonzero(labels > 0)
    peaks = np.full(count + 1, -np.inf, dtype=np.float32)
    peaks[0] = 0
    np.maximum.at(peaks, labels.ravel()[inside], values.ravel()[inside])
    return peaks


def clean_mask(mask: BoolArray, *, min_area_px: int, border_px: int) -> BoolArray:
    """Fill holes, clear the border margin, and drop components that are too small.

    The margin goes after the cut, so that an artefact that peaks at the edge has already taken its tail
    with it. Works on the mask's bounding box only: most masks are almost empty.
    """
    cleaned = np.zeros_like(mask)
    if not mask.any():
        return cleaned
    window = bounding_window(mask)
    cleaned[window] = fill_holes(mask[window])
    clear_border(cleaned, border_px)
    cleaned[window] = drop_small(cleaned[window], min_area_px)
    return cleaned


def bounding_window(mask: BoolArray) -> tuple[slice, slice]:
    """Rows and columns of the smallest box around a mask's pixels."""
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    return slice(top, top + height), slice(left, left + width)


def clear_border(mask: BoolArray, border_px: int) -> None:
    """Clear a margin of `border_px` pixels in place; nothing is left of an image that is all margin."""
    if border_px:
        mask[:border_px] = mask[-border_px:] = False
        mask[:, :border_px] = mask[:, -border_px:] = False


def fill_holes(mask: BoolArray) -> BoolArray:
    """The mask with every hole filled: its outer contours, painted over."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(mask.shape, dtype=np.uint8)
    cv2.drawContours(filled, outlines, -1, color=1, thickness=cv2.FILLED)
    return filled.view(np.bool_)


def drop_small(mask: BoolArray, min_area_px: int) -> BoolArray:
    """The mask without components of fewer than `min_area_px` pixels."""
    _, labels, stats, _ = measure_components(mask)
    keep = stats[:, AREA] >= min_area_px
    keep[0] = False
    return mask if keep[1:].all() else keep[labels]
