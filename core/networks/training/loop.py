"""The one training loop: warm-up, cosine, clipping, checkpoints, progress, cancel."""

import logging
import math
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from torch import Tensor, nn
from torch.optim import AdamW

from core.jobs import JobContext
from core.networks.training.checkpoint import load_checkpoint, save_checkpoint
from core.networks.training.plan import Plan

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a phase is trained.

    Attributes:
        steps: in all.
        peak: highest learning rate.
        final: learning rate at the end.
        warmup: steps to reach the peak.
        weight_decay: AdamW's.
        betas: AdamW's; adversarial phases want a short memory.
        clip: largest gradient norm.
        checkpoint_s: seconds between checkpoints.
        plan: all that decides the outcome, beyond what stands above; a checkpoint goes on under the same only.
    """

    steps: int
    peak: float = 1e-3
    final: float = 1e-5
    warmup: int = 100
    weight_decay: float = 1e-2
    betas: tuple[float, float] = (0.9, 0.999)
    clip: float = 1.0
    checkpoint_s: float = 180.0
    plan: Plan = field(default_factory=dict)

    def rate(self, step: int) -> float:
        """Learning rate of a step (from 0)."""
        if step < self.warmup:
            return self.peak * (step + 1) / self.warmup
        share = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.final + (self.peak - self.final) * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


Batch = Any  # whatever the sampler draws and the loss takes
DrawBatch = Callable[[int], Batch]
BatchLoss = Callable[[Batch, int], Tensor]


def train(
    module: nn.Module,
    parameters: Iterable[nn.Parameter],
    draw: DrawBatch,
    loss_of: BatchLoss,
    schedule: Schedule,
    *,
    checkpoint: Path,
    ctx: JobContext,
    title: str,
) -> float:
    """Train until the schedule's end, from the checkpoint if there is one.

    Args:
        module: whose state is checkpointed.
        parameters: what is optimised.
        draw: the batch of a step; runs in a thread one batch ahead.
        loss_of: scalar loss of a batch and its step.

    Returns:
        Seconds spent in all sittings.

    Raises:
        JobCancelled: stopped between steps; the state is saved first.
        UserError: the checkpoint is damaged, or was begun with another plan.
    """
    optimizer = AdamW(parameters, lr=schedule.peak, betas=schedule.betas, weight_decay=schedule.weight_decay)
    start, spent = load_checkpoint(checkpoint, module, optimizer, schedule.plan)
    save = partial(save_checkpoint, checkpoint, module, optimizer, plan=schedule.plan)
    _log.info("%s: %d of %d steps are done", title, start, schedule.steps)
    began = saved = time.monotonic()
    running = 0.0
    with ThreadPoolExecutor(1, thread_name_prefix="residua-batches") as ahead:
        pending = ahead.submit(draw, start)
        for step in range(start, schedule.steps):
            batch, pending = pending.result(), ahead.submit(draw, step + 1)
            loss = _step(optimizer, loss_of(batch, step), schedule, step)
            running = loss if step == start else 0.98 * running + 0.02 * loss
            ctx.report(step + 1, schedule.steps, f"{title}: loss {running:.4f}")
            stop = ctx.token.cancelled
            if stop or step + 1 == schedule.steps or time.monotonic() - saved > schedule.checkpoint_s:
                saved = time.monotonic()
                save(step=step + 1, seconds=spent + saved - began)
                _log.info("%s: step %d of %d, loss %.4f", title, step + 1, schedule.steps, running)
            ctx.check()
        pending.cancel()
    return spent + time.monotonic() - began


def _step(optimizer: AdamW, loss: Tensor, schedule: Schedule, step: int) -> float:
    for group in optimizer.param_groups:
        group["lr"] = schedule.rate(step)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    parameters = [value for group in optimizer.param_groups for value in group["params"]]
    nn.utils.clip_grad_norm_(parameters, schedule.clip)
    optimizer.step()
    return float(loss.detach())
