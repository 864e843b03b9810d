"""Illumination and local contrast out of the way, so that only structure is compared."""

import torch
from torch import Tensor
from torch.nn import functional as F

LOCAL_PX = 20
"""Reach of the local mean and contrast; larger than most defects, smaller than a charging gradient."""


def flatten_contrast(x: Tensor) -> Tensor:
    """Zero local mean and about unit local contrast.

    Args:
        x: (H, W) standardised image.

    Returns:
        (H, W); flat ground stays near 0 because the contrast is floored at a tenth of the image's.
    """
    centred = remove_gradient(x)
    contrast = _local_mean(centred * centred).clamp_min(1e-8).sqrt()
    return centred / contrast.clamp_min(float(contrast.mean()) * 0.1 + 1e-6)


def remove_gradient(x: Tensor) -> Tensor:
    """(H, W) with zero local mean; contrast as it was."""
    return x - _local_mean(x)


def half_size(values: Tensor) -> Tensor:
    """(H, W) to (H/2, W/2) by the mean of four."""
    return F.avg_pool2d(values[None, None], 2)[0, 0]


def smooth(values: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of an (H, W) map; borders are repeated."""
    radius = max(1, round(3 * sigma))
    offsets = torch.arange(-radius, radius + 1, device=values.device, dtype=values.dtype)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = kernel / kernel.sum()
    padded = F.pad(values[None, None], (radius, radius, radius, radius), mode="replicate")
    rows = F.conv2d(padded, kernel[None, None, :, None])
    return F.conv2d(rows, kernel[None, None, None, :])[0, 0]


def _local_mean(x: Tensor) -> Tensor:
    """Two box passes at a quarter of the resolution: as good as a wide Gaussian here, and cheap."""
    small = F.avg_pool2d(x[None, None], 4, ceil_mode=True, count_include_pad=False)
    side = LOCAL_PX // 4 * 2 + 1
    for _ in range(2):
        small = F.avg_pool2d(small, side, stride=1, padding=side // 2, count_include_pad=False)
    return F.interpolate(small, size=x.shape, mode="bilinear", align_corners=False)[0, 0]
