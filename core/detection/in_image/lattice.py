"""Periodic layouts: every place against the places one lattice step away."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.detection.in_image.flatten import flatten_contrast, half_size, smooth

LEAST_PERIOD_PX = 8
LEAST_CORRELATION = 0.3
STEPS = 6
_NO_LATTICE = 1e-6


def lattice(x: Tensor) -> Tensor:
    """Smallest difference to the copies of the image moved by its own periods.

    A defect differs from all of them; the ghosts that it leaves a step away agree with the copies moved the other
    way, so the minimum shows the defect alone.

    Args:
        x: (H, W) standardised image, H and W multiples of 16.

    Returns:
        (H/2, W/2), ≥ 0; all 0 where the image has no period.
    """
    flat = smooth(flatten_contrast(x), 1.0)
    steps = find_steps(flat)
    if not steps:
        return torch.zeros_like(half_size(flat))
    differences = torch.stack(
        [_difference(flat, sign * dy, sign * dx) for dy, dx in steps for sign in (1, -1)]
    )
    least = differences.amin(dim=0)
    return smooth(half_size(torch.where(least.isfinite(), least, 0.0)), 1.0).clamp_min(0)


def find_steps(flat: Tensor) -> list[tuple[int, int]]:
    """Shifts (dy, dx) in px at which the image resembles itself, the strongest first; at most STEPS.

    Args:
        flat: (H, W) flattened image.
    """
    height = flat.shape[0]
    correlation = _autocorrelation(flat)
    peaks = F.max_pool2d(correlation[None, None], 9, stride=1, padding=4)[0, 0]
    is_peak = (correlation == peaks) & (correlation >= LEAST_CORRELATION)
    rows, columns = torch.nonzero(is_peak, as_tuple=True)
    dy, dx = rows - height // 2, columns
    keep = (torch.maximum(dy.abs(), dx.abs()) >= LEAST_PERIOD_PX) & ((dx > 0) | (dy > 0))
    strength = correlation[rows, columns][keep]
    order = strength.argsort(descending=True)[:STEPS]
    return [(int(dy[keep][i]), int(dx[keep][i])) for i in order]


def _autocorrelation(flat: Tensor) -> Tensor:
    """(H + 1, W/2 + 1), normalised: shifts of up to half the image, dy = 0 in the middle row, dx from 0."""
    height, width = flat.shape
    size = (2 * height, 2 * width)
    power = torch.fft.rfft2(flat - flat.mean(), s=size).abs().square()
    raw = torch.fft.irfft2(power, s=size)
    overlap = torch.fft.irfft2(torch.fft.rfft2(torch.ones_like(flat), s=size).abs().square(), s=size)
    whole = raw / overlap.clamp_min(1.0) / (raw[0, 0] / (height * width)).clamp_min(_NO_LATTICE)
    reach_y, reach_x = height // 2, width // 2
    return torch.cat([whole[-reach_y:, : reach_x + 1], whole[: reach_y + 1, : reach_x + 1]])


def _difference(flat: Tensor, dy: int, dx: int) -> Tensor:
    """|image − image moved by (dy, dx)|, lightly smoothed; infinite where the copy does not reach."""
    moved = torch.full_like(flat, torch.inf)
    height, width = flat.shape
    to_y, to_x = slice(max(dy, 0), height + min(dy, 0)), slice(max(dx, 0), width + min(dx, 0))
    from_y, from_x = slice(max(-dy, 0), height - max(dy, 0)), slice(max(-dx, 0), width - max(dx, 0))
    moved[to_y, to_x] = smooth((flat[to_y, to_x] - flat[from_y, from_x]).abs(), 1.5)
    return moved
