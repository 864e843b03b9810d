"""The two losses of IC-DefectNCD stage 1."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.detection.ic_defectncd.head import Reconstruction


def nearest_normal_distance(features: Tensor, normal: Tensor) -> Tensor:
    """Cosine distance of each patch token to its nearest normal token: the direct NI matching.

    Args:
        features: (B, N, C).
        normal: (B, M, C).

    Returns:
        (B, N) in [0, 2].
    """
    cosine = F.normalize(features, dim=-1) @ F.normalize(normal, dim=-1).transpose(1, 2)
    return 1 - cosine.amax(dim=-1)


def coherence_loss(features: Tensor, normal: Tensor, defective: Tensor, *, alpha: float = 1.0) -> Tensor:
    """Normal tokens lie near normal patches and away from pseudo-defects.

    Args:
        features: (B, N, C) tokens that the extractor saw.
        normal: (B, M, C).
        defective: (B, N) float: 1 in a pseudo-defect, 0 in normal places, NaN where neither (borders).
        alpha: weight of the pseudo-defect term.

    Returns:
        Scalar.

    Source:
        Zhao et al. 2025, L_normal. Both distances are to the nearest normal token, and the second term is a hinge:
        the paper's 1 − d⁻ turns negative for d⁻ > 1.
    """
    distance = nearest_normal_distance(features, normal)
    is_normal, is_defect = defective == 0, defective == 1
    near = (distance * is_normal).sum() / is_normal.sum().clamp_min(1)
    far = (F.relu(1 - distance) * is_defect).sum() / is_defect.sum().clamp_min(1)
    return near + alpha * far


def reconstruction_loss(reconstruction: Reconstruction, *, gamma: float = 3.0) -> Tensor:
    """Cosine distance between whole feature maps, with the gradient drawn to the places that are hard to rebuild.

    Args:
        reconstruction: of a batch.
        gamma: how strongly; 0 leaves the gradient alone.

    Returns:
        Scalar, mean over groups.

    Source:
        Zhao et al. 2025, L_reconstruction and cg(·): the forward value is unchanged, the gradient at a place is
        multiplied by (d / mean d)^γ with d its own cosine distance and the mean over the batch.
    """
    losses = [
        _group_loss(encoded.detach(), decoded, gamma)
        for encoded, decoded in zip(reconstruction.encoded, reconstruction.decoded, strict=True)
    ]
    return torch.stack(losses).mean()


def _group_loss(encoded: Tensor, decoded: Tensor, gamma: float) -> Tensor:
    with torch.no_grad():
        distance = 1 - F.cosine_similarity(encoded, decoded, dim=-1)
        weight = (distance / distance.mean().clamp_min(1e-8)).pow(gamma)[..., None]
    if decoded.requires_grad:
        decoded.register_hook(lambda gradient: (gradient * weight).to(gradient.dtype))
    return (1 - F.cosine_similarity(encoded.flatten(1), decoded.flatten(1), dim=-1)).mean()
