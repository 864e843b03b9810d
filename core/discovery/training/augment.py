"""Two looks at one defect: what a microscope and a detector may change without changing the defect's kind.

No large blurs and no colours: they do not happen in an SEM.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.discovery.embedding.inputs import LEAST_SHARE, closer_square, finish_input
from core.domain.arrays import FloatArray

Rng = np.random.Generator

_EXACT_MASK = 0.15  # share of views whose mask is left as it is
_LEAST = LEAST_SHARE / 1.25  # of the window's side: a window is a quarter wider than its crop
_SCALES = (0.85, 1.25)
_SHIFT = 0.1  # of the square's side


def draw_view(window: NDArray[np.uint8], side: int, rng: Rng) -> FloatArray:
    """One augmented view.

    Args:
        window: (2, S, S) uint8: pixels, and the exact mask times 255; wider than the crop to be made.
        side: of the view, in px.
        rng: what everything is drawn from.

    Returns:
        (2, side, side) float32: standardised pixels and a soft mask in [0, 1], as networks see them.
    """
    pixels, mask = _cut_and_turn(window, side, rng)
    return finish_input(change_acquisition(pixels, rng), soften_mask(mask, rng))


def _cut_and_turn(window: NDArray[np.uint8], side: int, rng: Rng) -> tuple[FloatArray, FloatArray]:
    """The square that a network would see, about as large and about there, turned by quarters and mirrored."""
    left, top, size = _near(closer_square(window[1], _LEAST * window.shape[-1]), window.shape[-1], rng)
    parts = window[:, top : top + size, left : left + size].astype(np.float32) / 255
    parts = np.rot90(parts, int(rng.integers(4)), axes=(1, 2))
    parts = parts[:, :, ::-1] if rng.random() < 0.5 else parts
    method = cv2.INTER_AREA if size > side else cv2.INTER_LINEAR
    pixels, mask = (cv2.resize(np.ascontiguousarray(p), (side, side), interpolation=method) for p in parts)
    return pixels, mask


def _near(square: tuple[int, int, int], full: int, rng: Rng) -> tuple[int, int, int]:
    """Another square, shifted and scaled a little, inside the window."""
    left, top, size = square
    drawn = min(round(size * np.exp(rng.uniform(*np.log(_SCALES)))), full)
    shift = rng.uniform(-_SHIFT, _SHIFT, 2) * size + (size - drawn) / 2
    x, y = (int(np.clip(round(value), 0, full - drawn)) for value in (left + shift[0], top + shift[1]))
    return x, y, drawn


def change_acquisition(pixels: FloatArray, rng: Rng) -> FloatArray:
    """(S, S) in [0, 1] as another sitting at the microscope would show it; some changes at a time."""
    changes = (
        (0.25, _drift),
        (0.35, _focus),
        (0.5, _gamma),
        (0.3, _charging),
        (0.3, _shading),
        (0.35, _shot_noise),
        (0.2, _row_noise),
        (0.2, _invert),
    )
    for probability, change in changes:
        if rng.random() < probability:
            pixels = change(pixels, rng)
    return np.clip(pixels, 0, 1).astype(np.float32)


def _drift(pixels: FloatArray, rng: Rng) -> FloatArray:
    """Rows wander along the scan by a pixel or so."""
    side = pixels.shape[0]
    knots = rng.normal(0, rng.uniform(0.3, 1.2), 6).astype(np.float32)
    shifts = cv2.resize(knots[:, None], (1, side), interpolation=cv2.INTER_CUBIC)
    columns = np.arange(side, dtype=np.float32)[None] + shifts
    rows = np.broadcast_to(np.arange(side, dtype=np.float32)[:, None], (side, side)).copy()
    moved: FloatArray = cv2.remap(pixels, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return moved


def _focus(pixels: FloatArray, rng: Rng) -> FloatArray:
    """A little softer, or a little sharper."""
    blurred = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 1.1))
    amount = np.float32(rng.uniform(-0.8, 1.0))
    changed: FloatArray = pixels + amount * (blurred - pixels)
    return changed


def _gamma(pixels: FloatArray, rng: Rng) -> FloatArray:
    curved: FloatArray = np.power(np.clip(pixels, 0, 1), np.float32(np.exp(rng.uniform(-0.5, 0.5))))
    return curved


def _charging(pixels: FloatArray, rng: Rng) -> FloatArray:
    """A slow drift of brightness over the crop."""
    coarse = rng.normal(0, rng.uniform(0.02, 0.1), (4, 4)).astype(np.float32)
    drifted: FloatArray = pixels + cv2.resize(coarse, pixels.shape, interpolation=cv2.INTER_CUBIC)
    return drifted


def _shading(pixels: FloatArray, rng: Rng) -> FloatArray:
    ramp = np.linspace(-0.5, 0.5, pixels.shape[0], dtype=np.float32)
    across, down = rng.uniform(-0.3, 0.3, 2).astype(np.float32)
    shaded: FloatArray = pixels * (1 + across * ramp[None] + down * ramp[:, None])
    return shaded


def _shot_noise(pixels: FloatArray, rng: Rng) -> FloatArray:
    """Poisson counts at a dose; dark places are quieter than bright ones."""
    dose = np.exp(rng.uniform(np.log(80), np.log(1500)))
    counted: FloatArray = (rng.poisson(np.clip(pixels, 0, 1) * dose) / dose).astype(np.float32)
    return counted


def _row_noise(pixels: FloatArray, rng: Rng) -> FloatArray:
    rows = rng.normal(0, rng.uniform(0.005, 0.03), (pixels.shape[0], 1)).astype(np.float32)
    return pixels + rows


def _invert(pixels: FloatArray, _rng: Rng) -> FloatArray:
    return np.float32(1) - pixels


def soften_mask(mask: FloatArray, rng: Rng) -> FloatArray:
    """An exact mask as a detector would give it: rough outline, uneven height, sometimes a part only.

    Args:
        mask: (S, S) in [0, 1].

    Returns:
        (S, S) float32 in [0, 1].
    """
    if rng.random() < _EXACT_MASK:
        return mask
    soft = _change_outline(mask, rng)
    soft = cv2.GaussianBlur(soft, (0, 0), np.exp(rng.uniform(np.log(0.7), np.log(4.0))))
    peak = float(soft.max())
    uneven = cv2.resize(
        rng.normal(1, 0.35, (5, 5)).astype(np.float32), mask.shape, interpolation=cv2.INTER_CUBIC
    )
    height = rng.uniform(0.35, 1.0) / max(peak, 1e-6)
    softened: FloatArray = np.clip(soft * np.clip(uneven, 0.1, 1.8) * np.float32(height), 0, 1)
    return softened


def _change_outline(mask: FloatArray, rng: Rng) -> FloatArray:
    reach = int(rng.integers(-1, 5))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(reach) + 1, 2 * abs(reach) + 1))
    changed: FloatArray = cv2.dilate(mask, kernel) if reach > 0 else cv2.erode(mask, kernel)
    return changed if float(changed.max()) > 0 else mask
