"""Noise-free signal to the picture on the screen: light, charging, noise, display, bits."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import FloatArray
from core.synthesis.randomness import Rng, smooth_field
from core.synthesis.style import ImagingStyle


@dataclass(frozen=True, slots=True)
class Display:
    """Which signals the screen shows; measured without the defect, so that it cannot give itself away.

    Attributes:
        centre: signal in the middle of the range.
        spread: range of signals from black to white.
        mean: mean signal.
    """

    centre: float
    spread: float
    mean: float


def measure_display(expected: FloatArray, style: ImagingStyle) -> Display:
    """Brightness and contrast settings for a noise-free picture."""
    low, high = np.percentile(expected[::3, ::3], [1, 99])
    return Display(float(low + high) / 2, max(float(high - low), style.min_range), float(expected.mean()))


def settle_dose(display: Display, style: ImagingStyle) -> ImagingStyle:
    """The style with its dose raised until the noise leaves the picture usable, as an operator would."""
    needed = display.mean / (style.max_noise * display.spread) ** 2
    return replace(style, dose=max(style.dose, needed))


def noise_level(display: Display, style: ImagingStyle) -> float:
    """Standard deviation of one pixel's noise at the mean signal, as a share of the displayed range."""
    read = style.read_noise**2 + style.row_noise**2
    return math.sqrt(display.mean / style.dose / display.spread**2 + read)


def acquire(expected: FloatArray, style: ImagingStyle, display: Display, rng: Rng) -> FloatArray:
    """Adds illumination, charging and noise and maps the result to display levels.

    Args:
        expected: (H, W) float32 noise-free signal.
        style: strengths.
        display: range of signals to show.
        rng: the generator; drawn from alike whatever the signal is.

    Returns:
        (H, W) float32 in [0, 1].
    """
    signal = expected * _illumination(expected.shape, style)
    if style.trail > 0:
        signal = signal + _trails(signal, style.trail)
    noisy = _shot_noise(signal, style, rng)
    noisy += _electronics(signal.shape, style, display.spread, rng)
    if style.charging > 0:
        slow = smooth_field(rng, (signal.shape[0], signal.shape[1]), max(signal.shape[0] / 3, 4.0))
        noisy += slow * np.float32(style.charging * display.spread)
    return _show(noisy, style, display)


def preview(expected: FloatArray, style: ImagingStyle, display: Display) -> FloatArray:
    """(H, W) float32 picture without noise, in shares of the displayed range; saturated where the screen is."""
    span = style.white - style.black
    low, high = -style.black / span, (1 - style.black) / span
    unit = (expected - np.float32(display.centre)) / np.float32(display.spread) + np.float32(0.5)
    if style.inverted:
        unit = 1 - unit
    clipped: FloatArray = np.clip(unit, low, high)
    return clipped


def quantise(shown: FloatArray, style: ImagingStyle) -> NDArray[np.uint8]:
    """(H, W) float in [0, 1] to 8 bits, through JPEG if the style says so."""
    image: NDArray[np.uint8] = np.rint(shown * 255).astype(np.uint8)
    if style.jpeg_quality == 0:
        return image
    _, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, style.jpeg_quality])
    decoded = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
    return image if decoded is None else np.asarray(decoded, np.uint8)


def _illumination(shape: tuple[int, ...], style: ImagingStyle) -> FloatArray:
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    cos, sin = math.cos(style.illumination_angle), math.sin(style.illumination_angle)
    tilt = np.float32(style.illumination / 2) * (x * np.float32(cos) + y * np.float32(sin))
    corners = np.float32(style.vignette / 2) * (x * x + y * y)
    return (np.float32(1) + tilt - corners).astype(np.float32, copy=False)


def _trails(signal: FloatArray, strength: float) -> FloatArray:
    """Dark afterglow to the right of bright places, as amplifiers and charging leave."""
    bright = np.clip(signal - np.float32(np.percentile(signal[::4, ::4], 97)), 0, None)
    length = min(61, signal.shape[1] | 1)
    decay = np.exp(-np.arange(length, dtype=np.float32) / 14)[::-1]
    kernel = np.ascontiguousarray((decay / decay.sum())[None, :])
    # Anchored at the right end: a pixel sums what lies to its left.
    tail: FloatArray = cv2.filter2D(bright, -1, kernel, anchor=(length - 1, 0))
    return -tail * np.float32(strength * 2)


def _shot_noise(signal: FloatArray, style: ImagingStyle, rng: Rng) -> FloatArray:
    """Poisson-like counts: the square of a normal variable has the right mean, variance and skew."""
    dose = np.float32(style.dose)
    root = np.sqrt(np.clip(signal, 0.005, None) * dose)
    root += np.float32(0.5) * _white(signal.shape, style, rng)
    counts: FloatArray = root * root - np.float32(0.25)
    return counts / dose


def _electronics(shape: tuple[int, ...], style: ImagingStyle, spread: float, rng: Rng) -> FloatArray:
    """Read noise and offsets of single rows."""
    noise = rng.standard_normal(shape, dtype=np.float32) * np.float32(style.read_noise * spread)
    rows = rng.standard_normal((shape[0], 1), dtype=np.float32)
    return noise + rows * np.float32(style.row_noise * spread)


def _white(shape: tuple[int, ...], style: ImagingStyle, rng: Rng) -> FloatArray:
    white = rng.standard_normal(shape, dtype=np.float32)
    if style.noise_px == 0:
        return white
    blurred: FloatArray = cv2.GaussianBlur(
        white, (0, 0), style.noise_px * style.noise_stretch, sigmaY=style.noise_px
    )
    return blurred / np.float32(max(float(blurred.std()), 1e-6))


def _show(noisy: FloatArray, style: ImagingStyle, display: Display) -> FloatArray:
    unit = (noisy - np.float32(display.centre)) / np.float32(display.spread) + np.float32(0.5)
    if style.inverted:
        unit = 1 - unit
    level = np.float32(style.black) + np.float32(style.white - style.black) * unit
    level = np.clip(level, 0, 1)
    if style.gamma != 1:
        level = np.power(level, np.float32(style.gamma))
    shown: FloatArray = level.astype(np.float32, copy=False)
    return shown
