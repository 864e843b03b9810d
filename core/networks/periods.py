"""Periods of an image: the steps at which it resembles itself, and what they do not foretell."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.networks.flatten import flatten_contrast, remove_gradient, smooth

LEAST_PERIOD_PX = 8
LEAST_CORRELATION = 0.3
STEPS = 6
_NO_LATTICE = 1e-6


def lattice_residual(x: Tensor) -> Tensor:
    """What the image's own lattice does not foretell: each pixel minus the median of its copies a few steps away.

    Sign, sharpness and noise stay: it is meant for a network's eye.

    Args:
        x: (B, 1, H, W) standardised images, H and W multiples of 16.

    Returns:
        (B, 1, H, W); all 0 in an image without a period.
    """
    return torch.stack([_median_residual(image[0]) for image in x])[:, None]


def _median_residual(x: Tensor) -> Tensor:
    steps = find_steps(smooth(flatten_contrast(x), 1.0))
    if not steps:
        return torch.zeros_like(x)
    level = remove_gradient(x)
    copies = torch.stack([_moved(level, sign * dy, sign * dx) for dy, dx in steps for sign in (1, -1)])
    reached = copies.isfinite().sum(dim=0, keepdim=True)
    ordered = _sorted(copies)  # copies that do not reach come last
    lower, upper = (reached - 1).clamp_min(0) // 2, (reached // 2).clamp_max(len(copies) - 1)
    median = (ordered.gather(0, lower) + ordered.gather(0, upper))[0] / 2
    return torch.where(reached[0] > 0, level - median, 0.0)


def _sorted(stack: Tensor) -> Tensor:
    """A short stack in ascending order at each place: odd-even transposition, ten times as fast as sort() here."""
    layers = list(stack)
    for turn in range(len(layers)):
        for low in range(turn % 2, len(layers) - 1, 2):
            pair = layers[low], layers[low + 1]
            layers[low], layers[low + 1] = torch.minimum(*pair), torch.maximum(*pair)
    return torch.stack(layers)


def _moved(level: Tensor, dy: int, dx: int) -> Tensor:
    """The image moved by (dy, dx); infinite where the copy does not reach."""
    moved = torch.full_like(level, torch.inf)
    target, source = overlap(level.shape, dy, dx)
    moved[target] = level[source]
    return moved


def overlap(shape: torch.Size, dy: int, dx: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Where a copy of an (H, W) image moved by (dy, dx) px lies in it, and what part of it the copy shows there."""
    height, width = shape
    target = slice(max(dy, 0), height + min(dy, 0)), slice(max(dx, 0), width + min(dx, 0))
    source = slice(max(-dy, 0), height - max(dy, 0)), slice(max(-dx, 0), width - max(dx, 0))
    return target, source


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
    # Of equal strength the nearer step is the better one: its copies reach more of the image.
    share = (1 - dy[keep].abs() / height) * (1 - dx[keep] / flat.shape[1])
    order = (strength * share.sqrt()).argsort(descending=True)[:STEPS]
    return [(int(dy[keep][i]), int(dx[keep][i])) for i in order]


def _autocorrelation(flat: Tensor) -> Tensor:
    """(H + 1, W/2 + 1), normalised: shifts of up to half the image, dy = 0 in the middle row, dx from 0."""
    height, width = flat.shape
    reach_y, reach_x = height // 2, width // 2
    # Padding by the reach is enough: longer shifts wrap around, but nobody looks at them.
    size = (height + reach_y, width + reach_x)
    power = torch.fft.rfft2(flat - flat.mean(), s=size).abs().square()
    raw = torch.fft.irfft2(power, s=size)
    both = torch.cat([raw[-reach_y:, : reach_x + 1], raw[: reach_y + 1, : reach_x + 1]])
    rows = height - torch.arange(-reach_y, reach_y + 1, device=flat.device).abs()
    columns = width - torch.arange(reach_x + 1, device=flat.device)
    share = rows[:, None] * columns / (height * width)
    correlation: Tensor = both / share / raw[0, 0].clamp_min(_NO_LATTICE)
    return correlation
