"""Connected components and the clean-up that both binarization rules share."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray

LabelArray: TypeAlias = NDArray[np.int32]  # (H, W): 0 is background, 1..N the components

_AREA = cv2.CC_STAT_AREA


def label_components(mask: BoolArray) -> tuple[int, LabelArray]:
    """Number the 8-connected components of a mask from 1; returns how many there are, and the labels."""
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    return count - 1, labels


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
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    keep = stats[:, _AREA] >= min_area_px
    keep[0] = False
    return mask if keep[1:].all() else keep[labels]
