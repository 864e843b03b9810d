"""Holes, and how well they are filled: squared error, gradient magnitudes at four scales, structure."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

CELLS = (2, 4, 8, 16)
"""Sides k of the square holes, px."""
_SETS = 3
_SCALES = 4
_GRADIENT_CONSTANT = 0.0026
_WINDOW, _SIGMA = 11, 1.5
_SSIM_CONSTANTS = (0.01**2, 0.03**2)

Fill = Callable[[Tensor], Tensor]


def disjoint_masks(side: int, cell: int, chance: torch.Generator | None = None) -> Tensor:
    """Three masks that share out the image's cells by chance.

    Args:
        side: of the image, px.
        cell: side of a cell, px.
        chance: of a seed of its own; the common one if absent.

    Returns:
        (3, 1, S, S) float; their sum is 1 everywhere.
    """
    cells = -(-side // cell)
    member = torch.randperm(cells * cells, generator=chance).reshape(cells, cells) % _SETS
    full = member.repeat_interleave(cell, 0).repeat_interleave(cell, 1)[:side, :side]
    return torch.stack([(full == index).float() for index in range(_SETS)])[:, None]


def fill_all(fill: Fill, images: Tensor, masks: Tensor) -> Tensor:
    """Each place as it is painted in while it is a hole; (B, 1, S, S)."""
    holes = masks.to(images.device)
    batch = torch.cat([images * (1 - hole) for hole in holes])
    parts = fill(batch).chunk(len(holes))
    return torch.stack([part * hole for part, hole in zip(parts, holes, strict=True)]).sum(dim=0)


def inpainting_loss(fill: Fill, images: Tensor) -> Tensor:
    """L2 + MSGMS + SSIM of holes of a random size.

    Source:
        Zavrtanik et al. 2021, Eq. 6, λ_G = λ_S = 1.
    """
    cell = CELLS[int(torch.randint(len(CELLS), ()))]
    rebuilt = fill_all(fill, images, disjoint_masks(images.shape[-1], cell))
    return (
        F.mse_loss(rebuilt, images)
        + gradient_difference(images, rebuilt).mean()
        + structure_loss(images, rebuilt)
    )


def gradient_difference(images: Tensor, rebuilt: Tensor) -> Tensor:
    """1 − multi-scale gradient magnitude similarity, (B, 1, S, S).

    Source:
        Zavrtanik et al. 2021, Eq. 2 and 3; Xue et al. 2014.
    """
    size = images.shape[-2:]
    total = torch.zeros_like(images)
    for scale in range(_SCALES):
        if scale:
            images, rebuilt = F.avg_pool2d(images, 2), F.avg_pool2d(rebuilt, 2)
        first, second = _gradient(images), _gradient(rebuilt)
        alike = (2 * first * second + _GRADIENT_CONSTANT) / (first**2 + second**2 + _GRADIENT_CONSTANT)
        total = total + F.interpolate(1 - alike, size=size, mode="bilinear", align_corners=False)
    return total / _SCALES


def structure_loss(images: Tensor, rebuilt: Tensor) -> Tensor:
    """1 − mean structural similarity.

    Source:
        Wang et al. 2004: Gaussian windows of 1.5 px.
    """
    mean_1, mean_2 = _local(images), _local(rebuilt)
    spread_1 = _local(images**2) - mean_1**2
    spread_2 = _local(rebuilt**2) - mean_2**2
    shared = _local(images * rebuilt) - mean_1 * mean_2
    low, high = _SSIM_CONSTANTS
    alike = ((2 * mean_1 * mean_2 + low) * (2 * shared + high)) / (
        (mean_1**2 + mean_2**2 + low) * (spread_1 + spread_2 + high)
    )
    return 1 - alike.mean()


def _gradient(images: Tensor) -> Tensor:
    """Magnitude by Prewitt's kernels; the root is kept off zero, where it has no slope."""
    across = torch.tensor([[1.0, 0.0, -1.0]]).repeat(3, 1).to(images) / 3
    kernels = torch.stack([across, across.T])[:, None]
    padded = F.pad(images, (1, 1, 1, 1), mode="replicate")
    return (F.conv2d(padded, kernels).square().sum(dim=1, keepdim=True) + 1e-8).sqrt()


def _local(images: Tensor) -> Tensor:
    places = torch.arange(_WINDOW, dtype=torch.float32) - _WINDOW // 2
    bell = torch.exp(-(places**2) / (2 * _SIGMA**2))
    bell = (bell / bell.sum()).to(images)
    return F.conv2d(F.conv2d(images, bell[None, None, None]), bell[None, None, :, None])
