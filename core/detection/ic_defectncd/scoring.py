"""From a reconstruction to a residual map."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.detection.ic_defectncd.head import NIHead, Reconstruction, fuse
from core.detection.ic_defectncd.losses import nearest_normal_distance


def residual_map(reconstruction: Reconstruction, grid_hw: tuple[int, int]) -> Tensor:
    """Cosine distance between encoded and rebuilt tokens, mean over groups.

    Args:
        reconstruction: of a batch.
        grid_hw: token grid, N = h·w.

    Returns:
        (B, h, w) in [0, 2].

    Source:
        Zhao et al. 2025, Sec. 3.2.
    """
    distances = [
        1 - F.cosine_similarity(encoded, decoded, dim=-1)
        for encoded, decoded in zip(reconstruction.encoded, reconstruction.decoded, strict=True)
    ]
    return torch.stack(distances).mean(dim=0).reshape(-1, *grid_hw)


def prototype_map(head: NIHead, layers: list[Tensor], grid_hw: tuple[int, int]) -> Tensor:
    """Direct NI matching: cosine distance of each fused token to the nearest normal token.

    Args:
        head: trained.
        layers: L tensors (B, N, C) of the backbone.
        grid_hw: token grid, N = h·w.

    Returns:
        (B, h, w) in [0, 2].

    Source:
        Zhao et al. 2025, Sec. 4.4 (ablation); the zero-shot mode of the INP-Former family.
    """
    fused = fuse(layers)
    return nearest_normal_distance(fused, head.extractor(fused)).reshape(-1, *grid_hw)
