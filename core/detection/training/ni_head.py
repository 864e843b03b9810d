"""Phase 2: the NI head on the frozen backbone, on defect-free images with pseudo-defects."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from core.detection.ic_defectncd.head import fuse
from core.detection.ic_defectncd.losses import coherence_loss, reconstruction_loss
from core.detection.ic_defectncd.pseudo_defects import insert_pseudo_defects
from core.detection.network import DefectNetwork
from core.detection.training.corpus import BatchSampler, TrainingSet
from core.jobs import JobContext
from core.networks.device import reduced_precision
from core.networks.training.loop import Schedule, train


@dataclass(frozen=True, slots=True)
class NILosses:
    """Weights of IC-DefectNCD's losses.

    Attributes:
        coherence: λ; the paper's 20 is a hundred times the reference family's 0.2.
        alpha: of the pseudo-defect term in the coherence loss.
        gamma: of the gradient modulation.
    """

    coherence: float = 0.2
    alpha: float = 1.0
    gamma: float = 3.0


def train_ni_head(
    network: DefectNetwork,
    source: TrainingSet,
    schedule: Schedule,
    losses: NILosses,
    *,
    crop: int,
    batch: int,
    seed: int,
    device: torch.device,
    checkpoint: Path,
    ctx: JobContext,
) -> float:
    """Train the head in place, the backbone frozen; seconds spent."""
    network.to(device).requires_grad_(False)
    head = network.head.train()
    head.requires_grad_(True)
    sampler = BatchSampler(source, crop=crop, batch=batch, seed=seed, clean_only=True)

    def loss_of(drawn: tuple[Tensor, Tensor], step: int) -> Tensor:
        images = drawn[0].to(device, non_blocking=True)
        with reduced_precision(device):
            with torch.no_grad():
                layers, grid = network.backbone(images)
            generator = torch.Generator().manual_seed(seed * 1_000_003 + step)
            corrupted = insert_pseudo_defects(layers, grid, generator)
            reconstruction = head(layers, corrupted.layers)
        coherence = coherence_loss(
            fuse(corrupted.layers).float(),
            reconstruction.normal.float(),
            corrupted.defective,
            alpha=losses.alpha,
        )
        return reconstruction_loss(reconstruction, gamma=losses.gamma) + losses.coherence * coherence

    seconds = train(
        head,
        head.parameters(),
        sampler.draw,
        loss_of,
        schedule,
        checkpoint=checkpoint,
        ctx=ctx,
        title="NI head",
    )
    head.eval().requires_grad_(False)
    return seconds
