"""Surface to the noise-free picture that the microscope would converge to."""

import math

import cv2
import numpy as np

from core.domain.arrays import FloatArray
from core.synthesis.randomness import Rng, smooth_field
from core.synthesis.style import ImagingStyle
from core.synthesis.surface import Surface

MAX_SLOPE = 1.0


def secondary_yield(surface: Surface, style: ImagingStyle) -> FloatArray:
    """The signal of an ideal beam: material, slopes, raised edges, shadows and relief.

    Args:
        surface: tone and height maps.
        style: gains of the mechanisms.

    Returns:
        (H, W) float32, about 0 to 1.6.
    """
    signal = surface.tone.copy()
    height = surface.height
    if not height.any():
        return np.clip(signal, 0.02, 1.8)
    along_x: FloatArray = cv2.Scharr(height, -1, 1, 0, scale=1 / 32)
    along_y: FloatArray = cv2.Scharr(height, -1, 0, 1, scale=1 / 32)
    # Not cv2.magnitude: its last bit depends on how memory happens to be aligned.
    steepness = np.sqrt(along_x * along_x + along_y * along_y)
    slope: FloatArray = np.minimum(steepness, np.float32(MAX_SLOPE))
    signal += np.float32(style.edge_gain) * slope
    _add_bloom(signal, height, style)
    if style.relief_gain > 0:
        cos, sin = math.cos(style.relief_angle), math.sin(style.relief_angle)
        facing = np.float32(cos) * along_x + np.float32(sin) * along_y
        signal += np.float32(style.relief_gain) * np.clip(facing, -0.8, 0.8)
    return np.clip(signal, 0.02, 1.8)


def _add_bloom(signal: FloatArray, height: FloatArray, style: ImagingStyle) -> None:
    if style.bloom_gain > 0:
        excess = height - cv2.GaussianBlur(height, (0, 0), style.bloom_px)
        signal += np.float32(style.bloom_gain) * np.clip(excess, 0, 0.8)
    if style.shadow_gain > 0:
        # A wide blur at half resolution costs a quarter and looks the same.
        half = cv2.resize(height, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        half = cv2.GaussianBlur(half, (0, 0), max(style.shadow_px / 2, 0.8))
        wide = cv2.resize(half, (height.shape[1], height.shape[0]), interpolation=cv2.INTER_LINEAR)
        signal -= np.float32(style.shadow_gain) * np.clip(wide - height, 0, 0.9)


def blur_by_beam(signal: FloatArray, style: ImagingStyle) -> FloatArray:
    """(H, W) float32 signal blurred by the beam: round, or drawn out along the astigmatism."""
    narrow = style.psf_px / math.sqrt(style.astigmatism)
    blurred: FloatArray = cv2.GaussianBlur(signal, (0, 0), narrow, borderType=cv2.BORDER_REFLECT_101)
    if style.astigmatism <= 1:
        return blurred
    kernel = _streak(narrow * math.sqrt(style.astigmatism**2 - 1), style.astigmatism_angle)
    drawn_out: FloatArray = cv2.filter2D(blurred, -1, kernel, borderType=cv2.BORDER_REFLECT_101)
    return drawn_out


def _streak(length: float, angle: float) -> FloatArray:
    """(K, K) float32 normalised line-like Gaussian; K is at most 11, which keeps OpenCV from the inexact DFT."""
    radius = min(math.ceil(2.5 * length), 5)
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float32)
    cos, sin = math.cos(angle), math.sin(angle)
    along, across = x * cos + y * sin, y * cos - x * sin
    kernel: FloatArray = np.exp(-0.5 * ((along / length) ** 2 + (across / 0.45) ** 2)).astype(np.float32)
    kernel /= kernel.sum()
    return kernel


def scan_maps(
    rng: Rng, size_hw: tuple[int, int], style: ImagingStyle, shift_xy: tuple[float, float]
) -> tuple[FloatArray, FloatArray] | None:
    """Where each pixel really looked: drift, row jitter and stage shift.

    Args:
        rng: the generator.
        size_hw: height and width, px.
        style: strengths.
        shift_xy: stage shift, px; content moves by +shift.

    Returns:
        x and y maps, (H, W) float32 each; None if nothing moves.
    """
    if style.drift_px == style.jitter_px == style.hum_px == 0 and shift_xy == (0.0, 0.0):
        return None
    height, width = size_hw
    drift = smooth_field(rng, (height, 2), max(height / 3, 4.0)) * np.float32(style.drift_px)
    jitter = rng.standard_normal((height, 1), dtype=np.float32) * np.float32(style.jitter_px)
    columns = np.arange(width, dtype=np.float32)[None, :] - np.float32(shift_xy[0])
    rows = np.arange(height, dtype=np.float32)[:, None] - np.float32(shift_xy[1])
    phase = np.arange(height, dtype=np.float32)[:, None] * np.float32(2 * np.pi / style.hum_rows)
    hum = np.sin(phase) * np.float32(style.hum_px)
    x = columns + drift[:, :1] + jitter + hum
    y = np.broadcast_to(rows + drift[:, 1:] * np.float32(0.5), (height, width))
    return np.ascontiguousarray(x), np.ascontiguousarray(y)


def expected_signal(
    surface: Surface, style: ImagingStyle, maps: tuple[FloatArray, FloatArray] | None
) -> FloatArray:
    """The noise-free picture: (H, W) float32 in signal units."""
    blurred = blur_by_beam(secondary_yield(surface, style), style)
    if maps is None:
        return blurred
    warped: FloatArray = cv2.remap(
        blurred, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return warped
