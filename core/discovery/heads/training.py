"""Teacher and student on frozen embeddings."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.discovery.heads.network import DiscoveryHeads
from core.discovery.heads.options import HeadOptions
from core.discovery.heads.sinkhorn import assign_softly
from core.discovery.kmeans import UNLABELLED, IntArray, count_classes
from core.domain.arrays import FloatArray

_QUEUE_A_CLASS = 20
_PATIENCE = 0.9  # of the running mean of the class shares


@dataclass(frozen=True, slots=True, eq=False)
class HeadResult:
    """What the trained heads say.

    Attributes:
        assigned: (N,) int64, classes first, then novel ones; a labelled sample keeps its class.
        confidence: (N,) float32, softmax of the class.
    """

    assigned: IntArray
    confidence: FloatArray


def train_heads(
    embeddings: FloatArray,
    labels: IntArray,
    centres: FloatArray,
    options: HeadOptions,
    *,
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> HeadResult:
    """Learn to tell classes apart, starting from the centres of a clustering.

    Labelled samples are learnt by cross-entropy. For the others the teacher, which is the network itself at a lower
    temperature and without gradient, makes targets of one view that the student meets on the other.

    Args:
        embeddings: (N, D) float32, L2-normalised.
        labels: (N,) int64; −1 = unlabelled.
        centres: (C, D) float32: those of the known classes, then of the novel ones.
        options: how.
        seed: of batches and views.
        check: called between steps; may raise to stop.

    Source:
        IC-DefectNCD, Sec. 3.4.2, and UNO (Fini et al. 2021). Views are noise on the embedding, because the encoder
        stays frozen; targets carry a soft marginal, because defects are not equally frequent.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        course = _Course(embeddings, labels, centres, options)
        for _ in range(options.steps):
            check()
            course.step()
        return course.result()


class _Course:
    """One training."""

    def __init__(
        self, embeddings: FloatArray, labels: IntArray, centres: FloatArray, options: HeadOptions
    ) -> None:
        known = count_classes(labels)
        self._options = options
        self._samples = torch.from_numpy(embeddings)
        self._labels = torch.from_numpy(labels)
        self._heads = DiscoveryHeads(torch.from_numpy(centres[:known]), torch.from_numpy(centres[known:]))
        self._optimiser = torch.optim.AdamW(self._heads.parameters(), lr=options.rate, weight_decay=1e-4)
        self._schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self._optimiser, options.steps)
        self._queue: deque[Tensor] = deque(maxlen=_QUEUE_A_CLASS * len(centres))
        self._marginal = torch.full((len(centres),), 1 / len(centres))
        self._blocked = torch.zeros(len(centres))
        if options.exclude_known and known < len(centres):
            self._blocked[:known] = -torch.inf

    def step(self) -> None:
        """One batch of all samples, two views of each."""
        chosen = torch.randperm(len(self._samples))[: self._options.batch]
        samples, labels = self._samples[chosen], self._labels[chosen]
        views = [self._heads.project(self._shake(samples)) for _ in range(2)]
        logits = [self._heads.classify(view) for view in views]
        told = labels != UNLABELLED
        loss = self._labelled_loss(logits, labels, told) + self._unlabelled_loss(views, logits, ~told)
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self._schedule.step()

    @torch.no_grad()
    def result(self) -> HeadResult:
        """The classes, without noise."""
        cosines = self._heads.classify(self._heads.project(self._samples))
        told = self._labels != UNLABELLED
        free = cosines + torch.where(told[:, None], 0.0, self._blocked)
        shares = torch.softmax(free / self._options.student_temperature, dim=1)
        assigned = torch.where(told, self._labels, shares.argmax(dim=1))
        confidence = shares.gather(1, assigned[:, None])[:, 0]
        return HeadResult(assigned.numpy().astype(np.int64), confidence.numpy().astype(np.float32))

    def _shake(self, samples: Tensor) -> Tensor:
        deviation = self._options.noise / samples.shape[1] ** 0.5
        return F.normalize(samples + deviation * torch.randn_like(samples), dim=1)

    def _labelled_loss(self, logits: list[Tensor], labels: Tensor, told: Tensor) -> Tensor:
        if not told.any():
            return torch.zeros(())
        scaled = [one[told] / self._options.student_temperature for one in logits]
        losses = [F.cross_entropy(one, labels[told]) for one in scaled]
        return self._options.labelled_weight * torch.stack(losses).mean()

    def _unlabelled_loss(self, views: list[Tensor], logits: list[Tensor], free: Tensor) -> Tensor:
        if not free.any():
            return torch.zeros(())
        targets = [self._targets(view[free], one[free]) for view, one in zip(views, logits, strict=True)]
        student = [F.log_softmax(one[free] / self._options.student_temperature, dim=1) for one in logits]
        crossed = zip(targets, reversed(student), strict=True)
        loss = torch.stack([-(target * guess).sum(dim=1).mean() for target, guess in crossed]).mean()
        if not self._options.transport:
            shares = torch.stack(student).exp().mean(dim=(0, 1))
            loss = loss + self._options.bonus * (shares * torch.log(shares.clamp_min(1e-8))).sum()
        return (1 - self._options.labelled_weight) * loss

    @torch.no_grad()
    def _targets(self, view: Tensor, logits: Tensor) -> Tensor:
        """(n, C) of one view; earlier samples in the queue make the shares of a small batch steady."""
        temperature = self._options.teacher_temperature
        if not self._options.transport:
            return torch.softmax((logits + self._blocked) / temperature, dim=1)
        pool = (
            torch.cat([logits, self._heads.classify(torch.stack(list(self._queue)))])
            if self._queue
            else logits
        )
        plan = assign_softly(
            pool + self._blocked, self._marginal, strength=self._options.strength, temperature=temperature
        )
        self._marginal = _PATIENCE * self._marginal + (1 - _PATIENCE) * plan.mean(dim=0)
        self._queue.extend(view)
        return plan[: len(logits)]
