"""What CADNet is trained with."""

import torch
from torch import Tensor
from torch.nn import functional as F

UNCHANGED_MARGIN, CHANGED_MARGIN = 0.3, 2.2
LARGEST_BALANCE = 50.0


def change_loss(logits: Tensor, distance: Tensor, classes: Tensor) -> Tensor:
    """Both losses at the size of the truth: at the network's stride a defect of a few pixels would fill no cell.

    Args:
        logits: (B, 1 + C, h, w).
        distance: (B, 1, h, w) DistMap.
        classes: (B, H, W) int64.

    Source:
        CADNet, Eq. 16, λ₁ = λ₂ = 1.
    """
    full_logits, full_distance = (
        F.interpolate(part.float(), size=classes.shape[-2:], mode="bilinear", align_corners=False)
        for part in (logits, distance)
    )
    return segmentation_loss(full_logits, classes) + balanced_contrastive_loss(full_distance[:, 0], classes)


def balanced_contrastive_loss(distance: Tensor, classes: Tensor) -> Tensor:
    """Unchanged places are drawn together, changed ones pushed apart, rare kinds of change as hard as common ones.

    Args:
        distance: (B, h, w) DistMap.
        classes: (B, h, w) int64; 0 unchanged, 1 … C the kinds of change.

    Returns:
        Scalar: mean over unchanged places of max(0, d − 0.3)² plus the balanced mean over changed ones of
        max(0, 2.2 − d)².

    Source:
        CADNet, Eq. 8-10. There the unchanged branch is not clamped, which rewards distances below the margin without
        end and falls to −∞ with nothing but its own weight; here both are. Weights are Σn / n_p, clipped at 50.
    """
    unchanged = classes == 0
    near = (distance - UNCHANGED_MARGIN).clamp_min(0).square()
    far = (CHANGED_MARGIN - distance).clamp_min(0).square()
    loss = near[unchanged].sum() / unchanged.sum().clamp_min(1)
    changed = ~unchanged
    if not changed.any():
        return loss
    weight = balance_of(classes)[classes[changed]]
    return loss + (far[changed] * weight).sum() / weight.sum()


def balance_of(classes: Tensor) -> Tensor:
    """(C + 1,) weight of each class: all changed places over its own; 0 for the unchanged."""
    counts = torch.bincount(classes.flatten(), minlength=2).float()
    counts[0] = 0
    weights = (counts.sum() / counts.clamp_min(1)).clamp_max(LARGEST_BALANCE)
    weights[0] = 0
    return weights


def segmentation_loss(logits: Tensor, classes: Tensor) -> Tensor:
    """Cross-entropy + Dice of all that has changed.

    Args:
        logits: (B, 1 + C, h, w); channel 0 is unchanged.
        classes: (B, h, w) int64.

    Source:
        CADNet, Eq. 15. Dice is ours: changed places are one in a hundred, and cross-entropy alone misses all at first.
    """
    entropy = F.cross_entropy(logits, classes)
    changed = 1 - logits.float().softmax(dim=1)[:, 0]
    truth = (classes > 0).float()
    overlap = (changed * truth).sum()
    return entropy + 1 - (2 * overlap + 1) / (changed.sum() + truth.sum() + 1)
