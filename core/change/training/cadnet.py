"""Training CADNet on pairs with exact masks."""

from pathlib import Path

import torch
from torch import Tensor

from core.change.cadnet.losses import change_loss
from core.change.cadnet.network import CADNet
from core.change.training.pairs import PairSampler
from core.jobs import JobContext
from core.networks.device import reduced_precision
from core.networks.training.loop import Schedule, train


def train_cadnet(
    network: CADNet,
    sampler: PairSampler,
    schedule: Schedule,
    *,
    device: torch.device,
    checkpoint: Path,
    ctx: JobContext,
) -> float:
    """Train a network in place with cross-entropy, Dice and the balanced contrastive loss; seconds spent.

    Source:
        CADNet, Eq. 16, λ₁ = λ₂ = 1. Out of class the paper trains by the contrastive loss alone, which leaves its
        decoder as it was born; ours is trained in both forms, and the form keeps looks out of the decision.
    """
    network.to(device).train().requires_grad_(True)

    def loss_of(drawn: tuple[Tensor, Tensor, Tensor], _step: int) -> Tensor:
        tests, references, classes = (part.to(device, non_blocking=True) for part in drawn)
        with reduced_precision(device):
            logits, distance = network(tests, references)
        return change_loss(logits, distance, classes)

    seconds = train(
        network,
        network.parameters(),
        sampler.draw,
        loss_of,
        schedule,
        checkpoint=checkpoint,
        ctx=ctx,
        title="change network",
    )
    network.eval().requires_grad_(False)
    return seconds
