"""Phase 1: encoder and matching network, end to end, on generated images with exact masks."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.detection.network import DefectNetwork
from core.detection.training.corpus import BatchSampler, TrainingSet
from core.jobs import JobContext
from core.networks.device import reduced_precision
from core.networks.image_score import image_logit
from core.networks.training.loop import Schedule, train

IMAGE_WEIGHT = 0.5
"""Weight of the image-level term: enough to push single false peaks down, too little to blur the masks."""


class _EndToEnd(nn.Module):
    """The part of the network that phase 1 trains."""

    def __init__(self, network: DefectNetwork) -> None:
        super().__init__()
        if network.matching is None:
            raise TypeError("this network has no matching part")
        self.encoder = network.encoder
        self.matching = network.matching

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.matching(self.encoder(x))
        return logits[:, 0]


def segmentation_loss(logits: Tensor, masks: Tensor) -> Tensor:
    """Pixel cross-entropy + Dice over the batch + cross-entropy of the image score.

    Args:
        logits: (B, h, w).
        masks: (B, h, w) in [0, 1], the share of each cell that is defective.
    """
    pixel = F.binary_cross_entropy_with_logits(logits, masks, reduction="none")
    # Small defects count somewhat more, or an 8 px particle drowns beside a peeled film; much more, and every speck
    # of noise becomes a likely particle.
    area = masks.sum(dim=(1, 2), keepdim=True)
    weight = 1 + (masks > 0) * (400 / area.clamp_min(16)).sqrt().clamp(0.5, 2)
    probability = logits.sigmoid()
    overlap = (probability * masks).sum(dim=(1, 2))
    dice = 1 - (2 * overlap + 1) / (probability.sum(dim=(1, 2)) + masks.sum(dim=(1, 2)) + 1)
    defective = (masks.amax(dim=(1, 2)) > 0.5).float()
    mean_dice = (dice * defective).sum() / defective.sum().clamp_min(1)
    image = F.binary_cross_entropy_with_logits(image_logit(logits), defective)
    return (pixel * weight).mean() + 0.3 * mean_dice + IMAGE_WEIGHT * image


def train_matching(
    network: DefectNetwork,
    source: TrainingSet,
    schedule: Schedule,
    *,
    crop: int,
    batch: int,
    seed: int,
    device: torch.device,
    checkpoint: Path,
    ctx: JobContext,
) -> float:
    """Train encoder and matching network in place; seconds spent."""
    module = _EndToEnd(network).to(device).train()
    module.requires_grad_(True)
    sampler = BatchSampler(source, crop=crop, batch=batch, seed=seed)

    def loss_of(drawn: tuple[Tensor, Tensor], _step: int) -> Tensor:
        images, masks = (part.to(device, non_blocking=True) for part in drawn)
        with reduced_precision(device):
            logits = module(images.contiguous(memory_format=torch.channels_last))
        return segmentation_loss(logits.float(), masks)

    seconds = train(
        module,
        module.parameters(),
        sampler.draw,
        loss_of,
        schedule,
        checkpoint=checkpoint,
        ctx=ctx,
        title="encoder and matching",
    )
    module.eval().requires_grad_(False)
    return seconds
