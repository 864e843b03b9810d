"""Stacks of strided convolutions, of which the generative methods are made."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

_SMALLEST = 4
_WIDEST = 8  # times the first width


def down_stack(side: int, width: int, *, norm: bool) -> tuple[nn.Sequential, int]:
    """From one channel to a 4 × 4 grid, halving the side each time.

    Args:
        side: of the input, a power of two.
        width: channels after the first convolution; doubled from stage to stage, to eight times at most.
        norm: whether batches are normalised; not in a critic under a gradient penalty.

    Returns:
        The stack and its last number of channels.

    Raises:
        ValueError: the side is no power of two, or less than 8.
    """
    layers: list[nn.Module] = []
    before = 1
    for stage in range(stages_of(side)):
        after = width * min(2**stage, _WIDEST)
        layers.append(nn.Conv2d(before, after, 4, stride=2, padding=1, bias=not norm or stage == 0))
        if norm and stage:
            layers.append(nn.BatchNorm2d(after))
        layers.append(nn.LeakyReLU(0.2))
        before = after
    return nn.Sequential(*layers), before


def up_stack(side: int, width: int, latent: int) -> nn.Sequential:
    """From (B, latent, 1, 1) to (B, 1, side, side) in [−1, 1], the mirror of `down_stack`."""
    stages = stages_of(side)
    before = width * min(2 ** (stages - 1), _WIDEST)
    layers: list[nn.Module] = [
        nn.ConvTranspose2d(latent, before, _SMALLEST),
        nn.BatchNorm2d(before),
        nn.ReLU(),
    ]
    for stage in reversed(range(stages - 1)):
        after = width * min(2**stage, _WIDEST)
        layers += [nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=False)]
        layers += [nn.BatchNorm2d(after), nn.ReLU()]
        before = after
    return nn.Sequential(*layers, nn.ConvTranspose2d(before, 1, 4, stride=2, padding=1), nn.Tanh())


def stages_of(side: int) -> int:
    """Halvings from a side to the smallest grid.

    Raises:
        ValueError: the side is no power of two, or less than 8.
    """
    stages = round(math.log2(side / _SMALLEST))
    if stages < 1 or _SMALLEST * 2**stages != side:
        raise ValueError(f"the side {side} is no power of two from 8 on")
    return stages


@contextmanager
def at_rest(*modules: nn.Module) -> Iterator[None]:
    """Within, these modules pass gradients on and keep none: it is the other side's turn."""
    for module in modules:
        module.requires_grad_(False)
    try:
        yield
    finally:
        for module in modules:
            module.requires_grad_(True)
