"""Surface to expected signal, and expected signal to a noisy picture."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

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
    slope: FloatArray = np.minimum(cv2.magnitude(along_x, along_y), np.float32(MAX_SLOPE))
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


def beam_kernel(style: ImagingStyle) -> FloatArray:
    """(K, K) float32 normalised point-spread function, elongated by the astigmatism."""
    major = style.psf_px * math.sqrt(style.astigmatism)
    minor = style.psf_px / math.sqrt(style.astigmatism)
    radius = math.ceil(3 * major)
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float32)
    cos, sin = math.cos(style.astigmatism_angle), math.sin(style.astigmatism_angle)
    along, across = x * cos + y * sin, y * cos - x * sin
    kernel: FloatArray = np.exp(-0.5 * ((along / major) ** 2 + (across / minor) ** 2)).astype(np.float32)
    return kernel / kernel.sum()


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
    if style.drift_px == 0 and style.jitter_px == 0 and shift_xy == (0.0, 0.0):
        return None
    height, width = size_hw
    drift = smooth_field(rng, (height, 2), max(height / 3, 4.0)) * np.float32(style.drift_px)
    jitter = rng.standard_normal((height, 1), dtype=np.float32) * np.float32(style.jitter_px)
    columns = np.arange(width, dtype=np.float32)[None, :] - np.float32(shift_xy[0])
    rows = np.arange(height, dtype=np.float32)[:, None] - np.float32(shift_xy[1])
    x = columns + drift[:, :1] + jitter
    y = np.broadcast_to(rows + drift[:, 1:] * np.float32(0.5), (height, width))
    return np.ascontiguousarray(x), np.ascontiguousarray(y)


def expected_signal(
    surface: Surface, style: ImagingStyle, kernel: FloatArray, maps: tuple[FloatArray, FloatArray] | None
) -> FloatArray:
    """The noise-free picture: (H, W) float32 in signal units."""
    signal = secondary_yield(surface, style)
    blurred: FloatArray = cv2.filter2D(signal, -1, kernel, borderType=cv2.BORDER_REFLECT_101)
    if maps is None:
        return blurred
    warped: FloatArray = cv2.remap(
        blurred, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return warped


def signal_range(expected: FloatArray) -> float:
    """Spread between the dark and the bright end, signal units."""
    low, high = np.percentile(expected[::3, ::3], [1, 99])
    return float(high - low)


def noise_level(expected: FloatArray, style: ImagingStyle) -> float:
    """Standard deviation of one pixel's noise at the mean signal, signal units."""
    spread = max(signal_range(expected), style.min_range)
    shot = float(expected.mean()) / style.dose
    return math.sqrt(shot + (style.read_noise**2 + style.row_noise**2) * spread**2)


def acquire(expected: FloatArray, style: ImagingStyle, rng: Rng) -> FloatArray:
    """Adds illumination, charging and noise and maps the result to display levels.

    Args:
        expected: (H, W) float32 noise-free signal.
        style: strengths.
        rng: the generator.

    Returns:
        (H, W) float32 in [0, 1].
    """
    spread = max(signal_range(expected), style.min_range)
    signal = expected * _illumination(expected.shape, style)
    if style.trail > 0:
        signal = signal + _trails(signal, style.trail)
    noisy = signal + _noise(signal, style, spread, rng)
    if style.charging > 0:
        slow = smooth_field(rng, (signal.shape[0], signal.shape[1]), max(signal.shape[0] / 3, 4.0))
        noisy += slow * np.float32(style.charging * spread)
    return _display(noisy, expected, style, spread)


def quantise(display: FloatArray, style: ImagingStyle) -> NDArray[np.uint8]:
    """(H, W) float in [0, 1] to 8 bits, through JPEG if the style says so."""
    image: NDArray[np.uint8] = np.rint(display * 255).astype(np.uint8)
    if style.jpeg_quality == 0:
        return image
    _, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, style.jpeg_quality])
    decoded: NDArray[np.uint8] = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
    return decoded


def _illumination(shape: tuple[int, ...], style: ImagingStyle) -> FloatArray:
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    cos, sin = math.cos(style.illumination_angle), math.sin(style.illumination_angle)
    tilt = np.float32(style.illumination / 2) * (x * np.float32(cos) + y * np.float32(sin))
    return np.float32(1) + tilt - np.float32(style.vignette / 2) * (x * x + y * y)


def _trails(signal: FloatArray, strength: float) -> FloatArray:
    """Dark afterglow to the right of bright places, as amplifiers and charging leave."""
    bright = np.clip(signal - np.float32(np.percentile(signal[::4, ::4], 97)), 0, None)
    length = 61
    decay = np.exp(-np.arange(length, dtype=np.float32) / 14)[::-1]
    kernel = np.ascontiguousarray((decay / decay.sum())[None, :])
    # Anchored at the right end: a pixel sums what lies to its left.
    tail: FloatArray = cv2.filter2D(bright, -1, kernel, anchor=(length - 1, 0))
    return -tail * np.float32(strength * 2)


def _noise(signal: FloatArray, style: ImagingStyle, spread: float, rng: Rng) -> FloatArray:
    """Shot noise (true Poisson where counts are low), read noise and row offsets."""
    positive = np.clip(signal, 0.005, None)
    if style.dose < 30 and style.noise_px == 0:
        counts = rng.poisson(positive * np.float32(style.dose)).astype(np.float32)
        noise = counts / np.float32(style.dose) - positive
        noise += rng.standard_normal(signal.shape, dtype=np.float32) * np.float32(style.read_noise * spread)
    else:
        variance = positive / np.float32(style.dose) + np.float32((style.read_noise * spread) ** 2)
        noise = _white(signal.shape, style.noise_px, rng) * np.sqrt(variance)
    if style.row_noise > 0:
        rows = rng.standard_normal((signal.shape[0], 1), dtype=np.float32)
        noise += rows * np.float32(style.row_noise * spread)
    return noise


def _white(shape: tuple[int, ...], correlation_px: float, rng: Rng) -> FloatArray:
    white = rng.standard_normal(shape, dtype=np.float32)
    if correlation_px == 0:
        return white
    blurred: FloatArray = cv2.GaussianBlur(white, (0, 0), correlation_px)
    return blurred / np.float32(max(float(blurred.std()), 1e-6))


def _display(noisy: FloatArray, expected: FloatArray, style: ImagingStyle, spread: float) -> FloatArray:
    low, high = np.percentile(expected[::3, ::3], [1, 99])
    centre = float(low + high) / 2
    unit = np.clip((noisy - np.float32(centre)) / np.float32(spread) + np.float32(0.5), -0.3, 1.6)
    if style.inverted:
        unit = 1 - unit
    level = np.float32(style.black) + np.float32(style.white - style.black) * unit
    level = np.clip(level, 0, 1)
    if style.gamma != 1:
        level = np.power(level, np.float32(style.gamma))
    return level
