"""Sub-pixel registration of a test image on its reference, and the word that there is none."""

from dataclasses import replace
from typing import Literal

import cv2
import numpy as np

from core.change.correlation import correlate_overlaps, find_nearest_peak, find_peaks
from core.domain.alignment import Alignment
from core.domain.arrays import BoolArray, FloatArray, GrayImage

Motion = Literal["shift", "turn"]
"""What is looked for: a shift alone, or a small rotation and scale as well."""

REACH_SHARE = 0.25
"""Largest shift, as a share of the shorter side."""
LEAST_CONFIDENCE = 0.25
"""Correlation under which the reference shows something else: smoothed noise stays under 0.1 at every shift."""
LEAST_SPREAD = 1.0 / 255
"""Deviation of an image below which it is blank."""

_FINE_PX, _GROUND_PX = 1.0, 20.0
_PEAKS_APART_PX = 6
_TIE = 0.01
"""Correlations this close fit equally well: in a repeating layout, the smallest such shift loses least of the image."""
_ECC = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 60, 1e-5)
_MOTIONS: dict[Motion, int] = {"shift": cv2.MOTION_TRANSLATION, "turn": cv2.MOTION_AFFINE}


def register(test: GrayImage, reference: GrayImage, motion: Motion = "shift") -> Alignment:
    """Where the test lies on the reference.

    Coarse: overlap-normalised correlation of the flattened images at every shift. Fine: the correlation coefficient is
    maximised over the warp itself, which brightness, contrast and slow charging do not move.

    Args:
        test: (H, W) native.
        reference: (H', W') native; where the sizes differ, the common upper left part is compared.
        motion: what may differ beyond brightness and focus.

    Returns:
        The alignment; not trusted, with a reason, where one of the two is blank or they do not resemble each other.

    Source:
        Evangelidis and Psarakis 2008 (enhanced correlation coefficient) for the fine part.
    """
    flat_test, flat_reference = (flatten(image) for image in _common_part(test, reference))
    for name, flat in (("image", flat_test), ("reference", flat_reference)):
        if float(flat.std()) < LEAST_SPREAD / 4:
            return _untrusted(f"The {name} is blank.")
    reach = max(1, int(min(flat_test.shape) * REACH_SHARE))
    surface = correlate_overlaps(flat_test, flat_reference, reach)
    y, x = find_nearest_peak(surface, _TIE, _PEAKS_APART_PX)
    dx, dy, correlation = x - reach, y - reach, float(surface[y, x])
    if correlation < LEAST_CONFIDENCE:
        return _untrusted("The reference does not show this place.", correlation)
    others = (place for place in find_peaks(surface, 2, _PEAKS_APART_PX) if not _is_near(place, (y, x)))
    rival = max((float(surface[place]) for place in others), default=0.0)
    return _refine(flat_test, flat_reference, (dx, dy, correlation, rival), motion)


def place_by_hand(
    test: GrayImage, reference: GrayImage, shift_xy: tuple[float, float], found: Alignment
) -> Alignment:
    """The alignment that somebody gave, with the turn and scale that registration found where it is trusted.

    Args:
        test: (H, W) native.
        reference: (H', W') native.
        shift_xy: content of the test lies this far right of and below where the reference shows it, px.
        found: by registration; it need not be trusted.

    Returns:
        A trusted alignment; its confidence is the correlation of the two where they overlap.
    """
    turned = found if found.is_trusted else Alignment(0.0, 0.0, 0.0, 0.0)
    placed = replace(turned, dx=shift_xy[0], dy=shift_xy[1], rival=0.0, is_by_hand=True)
    flat = _warp(flatten(reference), placed, (test.shape[0], test.shape[1]))
    return replace(placed, confidence=_correlation(flatten(test), flat))


def warp_reference(reference: GrayImage, alignment: Alignment, size_hw: tuple[int, int]) -> FloatArray:
    """The reference as the test sees it.

    Returns:
        (H, W) float32 in [0, 1]; NaN where the reference does not reach.
    """
    return _warp(reference.astype(np.float32) / np.float32(np.iinfo(reference.dtype).max), alignment, size_hw)


def _warp(values: FloatArray, alignment: Alignment, size_hw: tuple[int, int]) -> FloatArray:
    """A void of NaN would spread by up to eight pixels through OpenCV's vectors, so it is laid over afterwards."""
    matrix, size = _matrix_of(alignment), (size_hw[1], size_hw[0])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    warped: FloatArray = cv2.warpAffine(values, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    warped[~_reached(matrix, values.shape, size_hw)] = np.nan
    return warped


def _reached(matrix: FloatArray, source_hw: tuple[int, ...], size_hw: tuple[int, int]) -> BoolArray:
    """(H, W) where a warp takes its values from inside of the source."""
    ys, xs = np.ogrid[: size_hw[0], : size_hw[1]]
    there = np.ones(size_hw, np.bool_)
    for row, length in zip(matrix, (source_hw[1], source_hw[0]), strict=True):
        place = row[0] * xs + row[1] * ys + row[2]
        there &= (place > -0.5) & (place < length - 0.5)
    return there


def flatten(image: GrayImage) -> FloatArray:
    """(H, W) float32 without grain and without slow gradients: what correlation is taken of."""
    scaled = image.astype(np.float32) / np.float32(np.iinfo(image.dtype).max)
    fine = cv2.GaussianBlur(scaled, (0, 0), _FINE_PX)
    flat: FloatArray = fine - cv2.GaussianBlur(fine, (0, 0), _GROUND_PX)
    return flat


def _correlation(test: FloatArray, warped: FloatArray) -> float:
    """Of what both show; 0 where one of them shows nothing."""
    there = np.isfinite(warped)
    if np.count_nonzero(there) < 2:
        return 0.0
    first, second = test[there] - test[there].mean(), warped[there] - warped[there].mean()
    power = float((first * first).sum()) * float((second * second).sum())
    return float((first * second).sum()) / power**0.5 if power > 0 else 0.0


def _is_near(place: tuple[int, int], other: tuple[int, int]) -> bool:
    return max(abs(place[0] - other[0]), abs(place[1] - other[1])) <= _PEAKS_APART_PX


def _common_part(test: GrayImage, reference: GrayImage) -> tuple[GrayImage, GrayImage]:
    height, width = (min(pair) for pair in zip(test.shape, reference.shape, strict=True))
    return test[:height, :width], reference[:height, :width]


def _refine(
    test: FloatArray, reference: FloatArray, coarse: tuple[int, int, float, float], motion: Motion
) -> Alignment:
    dx, dy, correlation, rival = coarse
    start = np.array([[1, 0, -dx], [0, 1, -dy]], np.float32)
    try:
        found, matrix = cv2.findTransformECC(
            test, reference, start.copy(), _MOTIONS[motion], _ECC, np.full(reference.shape, 255, np.uint8), 1
        )
    except cv2.error:  # it did not converge: the coarse shift stands
        return Alignment(dx, dy, correlation, rival)
    moved = abs(matrix[0, 2] + dx) + abs(matrix[1, 2] + dy) if motion == "shift" else 0.0
    if moved > 3:  # it fell into a neighbouring period
        return Alignment(dx, dy, correlation, rival)
    return _alignment_of(matrix, max(float(found), correlation), rival)


def _alignment_of(matrix: FloatArray, confidence: float, rival: float) -> Alignment:
    """From the warp that takes places of the test to places of the reference."""
    back = cv2.invertAffineTransform(matrix)
    return Alignment(
        dx=float(back[0, 2]),
        dy=float(back[1, 2]),
        confidence=confidence,
        rival=rival,
        angle_deg=float(np.degrees(np.arctan2(-back[1, 0], back[0, 0]))),
        scale=float(np.sqrt(abs(np.linalg.det(back[:, :2])))),
    )


def _matrix_of(alignment: Alignment) -> FloatArray:
    """The warp that takes places of the test to places of the reference."""
    turn = np.radians(alignment.angle_deg)
    cosine, sine = alignment.scale * np.cos(turn), alignment.scale * np.sin(turn)
    forward = np.array([[cosine, sine, alignment.dx], [-sine, cosine, alignment.dy]], np.float64)
    inverse: FloatArray = cv2.invertAffineTransform(forward)
    return inverse


def _untrusted(reason: str, confidence: float = 0.0) -> Alignment:
    return Alignment(0.0, 0.0, confidence, 0.0, is_trusted=False, reason=reason)
