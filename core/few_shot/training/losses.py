"""What the judge of places is trained by."""

from torch import Tensor
from torch.nn import functional as F

_GAMMA = 2.0
_SMOOTH = 1.0


def places_loss(logits: Tensor, truth: Tensor, stands_for: Tensor) -> Tensor:
    """Focal and dice loss over sampled places.

    Args:
        logits: (B, P) of the places' sub-cells.
        truth: (B, P) share of each that is defective.
        stands_for: (B,) how many places each stands for; dampened, because easy places are many and say little.

    Source:
        SEM-CLIP, Sec. 3.3 (focal with γ = 2, and dice).
    """
    weight = stands_for.sqrt()[:, None].expand_as(logits)
    found = logits.sigmoid()
    plain = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    focal = (weight * (truth - found).abs() ** _GAMMA * plain).sum() / (weight * truth).sum().clamp_min(1)
    overlap = 2 * (weight * found * truth).sum() + _SMOOTH
    dice = 1 - overlap / ((weight * (found + truth)).sum() + _SMOOTH)
    return focal + dice
