"""A detector's decoder tuned to one product by a few images with masks; its encoder stays as it is."""

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from core.detection.network import DefectNetwork
from core.jobs import JobContext
from core.networks.device import reduced_precision
from core.networks.image_score import image_logit
from core.networks.training.loop import DrawBatch, Schedule, train

_GAMMA = 2.0
_LEAST_CELLS = 50.0  # that the focal sum is shared out to: in a batch without a defect every cell counts
_IMAGE_WEIGHT = 0.5
_SMOOTH = 1.0


def tuning_loss(logits: Tensor, masks: Tensor) -> Tensor:
    """Focal and dice loss over a batch, and cross-entropy of the image score.

    Args:
        logits: (B, h, w).
        masks: (B, h, w) in [0, 1], the share of each cell that is defective.

    Source:
        SEM-CLIP, Sec. 3.3 (focal with γ = 2, and dice); the image's term is ours.
    """
    found = logits.sigmoid()
    plain = F.binary_cross_entropy_with_logits(logits, masks, reduction="none")
    focal = ((masks - found).abs() ** _GAMMA * plain).sum() / masks.sum().clamp_min(_LEAST_CELLS)
    dice = 1 - (2 * (found * masks).sum() + _SMOOTH) / ((found + masks).sum() + _SMOOTH)
    defective = (masks.amax(dim=(1, 2)) > 0.5).float()
    return focal + dice + _IMAGE_WEIGHT * F.binary_cross_entropy_with_logits(image_logit(logits), defective)


def tune_matching(
    network: DefectNetwork,
    draw: DrawBatch,
    schedule: Schedule,
    *,
    device: torch.device,
    checkpoint: Path,
    ctx: JobContext,
    title: str,
) -> float:
    """Tune the matching part in place, from the checkpoint if there is one; seconds spent.

    Args:
        network: with a matching part, on our own encoder.
        draw: the batch of a step: (B, 1, H, W) standardised images and (B, H/2, W/2) masks in [0, 1].
        title: of the progress.

    Raises:
        TypeError: the network has no matching part.
        JobCancelled: stopped between steps; the state is saved first.
        UserError: the checkpoint is damaged, or was begun with another plan.
    """
    matching = network.matching
    if matching is None:
        raise TypeError("this network has no matching part")
    encoder = network.encoder.to(device).eval()
    matching.to(device).train().requires_grad_(True)

    def loss_of(drawn: tuple[Tensor, Tensor], _step: int) -> Tensor:
        images, masks = (part.to(device, non_blocking=True) for part in drawn)
        with reduced_precision(device):
            with torch.no_grad():
                stages = encoder(images.contiguous(memory_format=torch.channels_last))
            logits = matching(stages)[:, 0]
        return tuning_loss(logits.float(), masks)

    seconds = train(
        matching,
        matching.parameters(),
        draw,
        loss_of,
        schedule,
        checkpoint=checkpoint,
        ctx=ctx,
        title=title,
    )
    matching.eval().requires_grad_(False)
    return seconds
