"""A feature map and a soft mask to one vector: what the defect is, and how it differs from around it."""

import torch
from torch import Tensor
from torch.nn import functional as F

_LEAST_WEIGHT = 1e-3


def pool_by_mask(features: Tensor, masks: Tensor) -> Tensor:
    """Mean inside the defect, and that mean less the mean outside, each at unit length.

    Args:
        features: (B, C, h, w).
        masks: (B, 1, H, W) in [0, 1]; an empty one weighs every place alike.

    Returns:
        (B, 2·C).
    """
    weights = F.interpolate(masks, size=features.shape[-2:], mode="area")
    empty = weights.amax(dim=(2, 3), keepdim=True) < _LEAST_WEIGHT
    inside = _weighted_mean(features, torch.where(empty, 1.0, weights))
    outside = _weighted_mean(features, 1 - weights + _LEAST_WEIGHT)
    return torch.cat([F.normalize(inside, dim=1), F.normalize(inside - outside, dim=1)], dim=1)


def _weighted_mean(features: Tensor, weights: Tensor) -> Tensor:
    return (features * weights).sum(dim=(2, 3)) / weights.sum(dim=(2, 3))
