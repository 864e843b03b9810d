"""Correlation of two images at every shift, normalised by what overlaps there."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from core.domain.arrays import FloatArray

_LEAST_VARIANCE = 1e-6


def correlate_overlaps(test: FloatArray, reference: FloatArray, reach: int) -> FloatArray:
    """Normalised cross-correlation of the overlapping parts, for all shifts up to `reach`.

    Plain phase correlation counts what lies outside the overlap as a difference and so prefers a shift of nothing; here
    mean and variance are those of the overlap of each shift.

    Args:
        test: (H, W).
        reference: (H, W).
        reach: largest shift along each axis, px; under half the shorter side.

    Returns:
        (2 · reach + 1, 2 · reach + 1) in [−1, 1]; element [reach + dy, reach + dx] belongs to a
        test whose content lies dx right of and dy below the reference's.

    Source:
        Padfield 2012, masked registration in the Fourier domain, with full masks.
    """
    size = tuple(fft.next_fast_len(length + reach, real=True) for length in test.shape)
    ones = np.ones_like(test)
    f_test, f_square, f_ones = (fft.rfft2(part, size) for part in (test, test * test, ones))
    g_reference, g_square = (np.conj(fft.rfft2(part, size)) for part in (reference, reference * reference))
    g_ones = np.conj(f_ones)

    def at_shifts(product: NDArray[np.complexfloating]) -> FloatArray:
        return _within(fft.irfft2(product, size), reach)

    count = np.maximum(at_shifts(f_ones * g_ones), 1.0)
    sum_test, sum_reference = at_shifts(f_test * g_ones), at_shifts(f_ones * g_reference)
    covariance = at_shifts(f_test * g_reference) - sum_test * sum_reference / count
    variance_test = at_shifts(f_square * g_ones) - sum_test**2 / count
    variance_reference = at_shifts(f_ones * g_square) - sum_reference**2 / count
    least = _LEAST_VARIANCE * count
    scale = np.sqrt(np.maximum(variance_test, least) * np.maximum(variance_reference, least))
    correlation: FloatArray = np.clip(covariance / scale, -1, 1).astype(np.float32)
    return correlation


def _within(surface: FloatArray, reach: int) -> FloatArray:
    """Shifts −reach…reach of a wrapped surface, 0 in the middle."""
    shifts = np.arange(-reach, reach + 1)
    return surface[np.ix_(shifts % surface.shape[0], shifts % surface.shape[1])]


def find_peaks(surface: FloatArray, count: int, apart: int) -> list[tuple[int, int]]:
    """The highest places (row, column) of a surface, no two within `apart` of each other, highest first."""
    left = surface.copy()
    peaks: list[tuple[int, int]] = []
    for _ in range(count):
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        if not np.isfinite(left[row, column]):
            break
        peaks.append((int(row), int(column)))
        left[max(row - apart, 0) : row + apart + 1, max(column - apart, 0) : column + apart + 1] = -np.inf
    return peaks


def find_nearest_peak(surface: FloatArray, tie: float, apart: int) -> tuple[int, int]:
    """The peak (row, column) closest to the middle, of those that lie within `tie` of the highest."""
    rows, columns = np.nonzero(surface >= surface.max() - tie)
    middle_y, middle_x = surface.shape[0] // 2, surface.shape[1] // 2
    nearest = int(np.argmin((rows - middle_y) ** 2 + (columns - middle_x) ** 2))
    top, left = max(int(rows[nearest]) - apart, 0), max(int(columns[nearest]) - apart, 0)
    around = surface[top : top + 2 * apart + 1, left : left + 2 * apart + 1]
    row, column = np.unravel_index(int(around.argmax()), around.shape)
    return top + int(row), left + int(column)
