"""Periodic layouts: every place against the places one lattice step away."""

import torch
from torch import Tensor

from core.networks.flatten import flatten_contrast, half_size, smooth
from core.networks.periods import find_steps, overlap


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


def _difference(flat: Tensor, dy: int, dx: int) -> Tensor:
    """|image − image moved by (dy, dx)|, lightly smoothed; infinite where the copy does not reach."""
    moved = torch.full_like(flat, torch.inf)
    target, source = overlap(flat.shape, dy, dx)
    moved[target] = smooth((flat[target] - flat[source]).abs(), 1.5)
    return moved
