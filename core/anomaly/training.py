"""How a method learns: what it reads before, its gradient phases in the one training loop, what it reads after."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.anomaly.method import AnomalyMethod, NormalImages, Phase
from core.networks.training.loop import Schedule, train
from core.networks.training.plan import Plan

_SEED_STRIDE = 1_000_003


@dataclass(frozen=True, slots=True)
class FitPlan:
    """How long and with which chance.

    Attributes:
        steps: of all phases together.
        rate: peak learning rate; None for that of each phase.
        seed: of batches, noise and masks.
        begun: all else that decides the outcome, for the checkpoints.
    """

    steps: int
    rate: float | None
    seed: int
    begun: Plan


def fit_method(
    method: AnomalyMethod, normals: NormalImages, plan: FitPlan, checkpoint_of: Callable[[str], Path]
) -> float:
    """Train in place; seconds of gradient steps, in all sittings.

    Every step draws its chance from the seed and its own number, so that a training that was stopped goes on as if
    it had not been.

    Args:
        method: on its device.
        normals: what it learns from.
        plan: how.
        checkpoint_of: where the state of a phase of this name lies.

    Raises:
        JobCancelled: between steps, whose state is saved, or between batches of what comes before and after.
        UserError: a checkpoint is damaged, or was begun with another plan.
    """
    seconds = 0.0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(plan.seed)
        method.eval()
        with torch.no_grad():
            method.begin(normals)
        for phase in method.phases():
            seconds += _run_phase(method, phase, normals, plan, checkpoint_of(phase.name))
        method.eval().requires_grad_(False)
        torch.manual_seed(plan.seed)
        with torch.no_grad():
            method.finish(normals)
    return seconds


def _run_phase(
    method: AnomalyMethod, phase: Phase, normals: NormalImages, plan: FitPlan, checkpoint: Path
) -> float:
    method.train()
    steps = max(1, round(plan.steps * phase.share))
    schedule = Schedule(
        steps,
        peak=plan.rate or phase.rate,
        final=(plan.rate or phase.rate) / 10,
        warmup=min(20, steps // 10 + 1),
        weight_decay=phase.weight_decay,
        betas=phase.betas,
        clip=phase.clip,
        checkpoint_s=60,
        plan={**plan.begun, "phase": phase.name},
    )
    return train(
        method,
        phase.parameters,
        partial(_draw, normals, plan.seed),
        partial(_loss, phase, plan.seed),
        schedule,
        checkpoint=checkpoint,
        ctx=normals.ctx,
        title=phase.name,
    )


def _draw(normals: NormalImages, seed: int, step: int) -> Tensor:
    chance = np.random.default_rng((seed, step))
    return normals.pick(chance.integers(0, len(normals.squares), normals.batch))


def _loss(phase: Phase, seed: int, x: Tensor, step: int) -> Tensor:
    torch.manual_seed(seed * _SEED_STRIDE + step)
    return phase.loss_of(x, step)
