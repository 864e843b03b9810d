"""Global PCA: patches rebuilt from the image's own main components."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.detection.in_image.neighbours import describe_patches
from core.networks.flatten import flatten_contrast, half_size, smooth

PATCH_PX, FREQUENCIES = 16, 8
KEPT_VARIANCE = 0.9


def global_pca(x: Tensor) -> Tensor:
    """What the components that carry most of the variance leave of each patch.

    Args:
        x: (H, W) standardised image, H and W multiples of 16.

    Returns:
        (H/2, W/2), ≥ 0.
    """
    flat = flatten_contrast(x)
    described = describe_patches(flat, PATCH_PX, FREQUENCIES)
    tokens = described.flatten(1).T
    tokens = tokens - tokens.mean(dim=0)
    variances, vectors = torch.linalg.eigh(tokens.T @ tokens)
    share = variances.flip(0).cumsum(0) / variances.sum().clamp_min(1e-9)
    kept = int((share < KEPT_VARIANCE).sum()) + 1
    basis = vectors[:, -kept:]
    rest = (tokens - tokens @ basis @ basis.T).norm(dim=1).reshape(1, 1, *described.shape[1:])
    half = half_size(flat).shape
    return smooth(F.interpolate(rest, size=half, mode="bilinear", align_corners=False)[0, 0], 1.0)
