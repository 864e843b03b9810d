"""The judge's training on a bank of places."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.few_shot.network import FewShotNetwork
from core.few_shot.training.bank import Bank
from core.few_shot.training.losses import places_loss
from core.jobs import JobContext
from core.networks.training.loop import Schedule, train

TEXT_WEIGHT = 0.2
_VECTORS = 32  # a step


def train_judge(
    network: FewShotNetwork,
    bank: Bank,
    vectors: tuple[Tensor, Tensor],
    schedule: Schedule,
    *,
    batch: int,
    seed: int,
    device: torch.device,
    checkpoint: Path,
    ctx: JobContext,
) -> float:
    """Train what is not frozen; from the checkpoint if there is one.

    Args:
        network: whose `judge` is trained, and its texts where it has some.
        bank: of places.
        vectors: (V, D) of views and their (V,) class indices; for the texts alone.
        batch: places a step.
        seed: of the batches.

    Returns:
        Seconds spent in all sittings.

    Raises:
        JobCancelled: stopped between steps; the state is saved first.
        UserError: the checkpoint is damaged, or was begun with another plan.
    """

    def draw(step: int) -> tuple[Tensor, Tensor]:
        rng = np.random.default_rng([seed, step])
        rows = rng.integers(len(bank.truth), size=batch)
        views = rng.integers(len(vectors[1]), size=_VECTORS)
        return torch.from_numpy(rows), torch.from_numpy(views)

    def loss_of(drawn: tuple[Tensor, Tensor], _step: int) -> Tensor:
        rows, views = drawn
        logits = network.judge(bank.features[rows].float().to(device))
        loss = places_loss(logits, bank.truth[rows].to(device), bank.stands_for[rows].to(device))
        texts = network.text_logits(vectors[0][views].to(device))
        if texts is None:
            return loss
        return loss + TEXT_WEIGHT * F.cross_entropy(texts, vectors[1][views].to(device))

    network.to(device)
    return train(
        network.judgement,
        network.judgement.parameters(),
        draw,
        loss_of,
        schedule,
        checkpoint=checkpoint,
        ctx=ctx,
        title="learning where defects are",
    )
