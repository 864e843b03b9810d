"""From a reconstruction to a residual map."""

import torch
from torch import Tensor
from torch.nn import functional as F

from core.detection.ic_defectncd.head import Reconstruction


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


def robust_deviation(maps: Tensor) -> Tensor:
    """How far each place lies above its own image's median, in units of the image's spread.

    Args:
        maps: (B, h, w).

    Returns:
        (B, h, w), 0 at the median; the spread is the interquartile range, floored so that a flat map stays flat.
    """
    flat = maps.flatten(1)
    quartiles = torch.quantile(
        flat, torch.tensor([0.25, 0.5, 0.75], device=maps.device, dtype=maps.dtype), dim=1
    )
    spread = (quartiles[2] - quartiles[0]).clamp_min(1e-4)
    return (maps - quartiles[1][:, None, None]) / spread[:, None, None]
