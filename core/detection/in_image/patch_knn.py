"""In-image patch kNN: a place that no other place of the image resembles is anomalous."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.detection.in_image.neighbours import describe_patches, nearest_places
from core.networks.flatten import flatten_contrast, half_size, smooth

PATCH_PX, FREQUENCIES, NEIGHBOURS = 10, 5, 3


def patch_knn(x: Tensor) -> Tensor:
    """Mean distance of each patch to its nearest others.

    Args:
        x: (H, W) standardised image, H and W multiples of 16.

    Returns:
        (H/2, W/2), ≥ 0.
    """
    return _distance_map(flatten_contrast(x))


def derivative_knn(x: Tensor) -> Tensor:
    """The same on the gradient's magnitude: blind to tone, sharper on edges."""
    flat = smooth(flatten_contrast(x), 1.0)
    along_y, along_x = torch.gradient(flat)
    return _distance_map((along_x * along_x + along_y * along_y).sqrt())


def _distance_map(flat: Tensor) -> Tensor:
    described = describe_patches(flat, PATCH_PX, FREQUENCIES)
    grid = (described.shape[1], described.shape[2])
    distances, _ = nearest_places(described.flatten(1).T.contiguous(), grid, NEIGHBOURS)
    coarse = distances.mean(dim=1).reshape(1, 1, *grid)
    half = half_size(flat).shape
    return smooth(F.interpolate(coarse, size=half, mode="bilinear", align_corners=False)[0, 0], 1.0)
