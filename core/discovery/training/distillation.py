"""The student, its teacher (a running mean of the student) and their heads, trained together."""

import copy
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.discovery.embedding.weights import SMGNetwork
from core.discovery.training.objectives import contrast_kinds, distil, tell_kinds
from core.discovery.training.windows import ViewBatch, ViewSampler
from core.jobs import JobContext
from core.networks.device import reduced_precision
from core.networks.training.loop import Schedule, train

PROTOTYPES = 256
_HIDDEN, _PROJECTED = 256, 128
_CENTRE_MOMENTUM = 0.9


class Heads(nn.Module):
    """What is compared in training and thrown away afterwards."""

    def __init__(self, width: int, kinds: int) -> None:
        super().__init__()
        self.project = nn.Sequential(nn.Linear(width, _HIDDEN), nn.GELU(), nn.Linear(_HIDDEN, _PROJECTED))
        self.prototypes = nn.Parameter(torch.randn(PROTOTYPES, _PROJECTED))
        self.kinds = nn.Parameter(torch.randn(kinds, width))

    def forward(self, described: Tensor) -> tuple[Tensor, Tensor]:
        """(N, width) to (N, 128) at unit length, and (N, PROTOTYPES) cosines."""
        projected = F.normalize(self.project(described), dim=1)
        return projected, projected @ F.normalize(self.prototypes, dim=1).T

    def kind_scores(self, described: Tensor) -> Tensor:
        """(N, width) to (N, kinds) cosines with each kind's direction."""
        return F.normalize(described, dim=1) @ F.normalize(self.kinds, dim=1).T


class TeacherAndStudent(nn.Module):
    """All the state of a self-distillation.

    Args:
        network: becomes the student.
        kinds: classes that have a name.
        seed: of the heads' weights.
        momentum: share of the old teacher that a step keeps.
        distillation: weight of the teacher's loss against the contrast of kinds.
    """

    centre: Tensor

    def __init__(
        self, network: SMGNetwork, *, kinds: int, seed: int, momentum: float = 0.99, distillation: float = 0.3
    ) -> None:
        super().__init__()
        self.student: SMGNetwork = network
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.heads = Heads(network.width, max(kinds, 1))
        self.teacher: SMGNetwork = copy.deepcopy(network).requires_grad_(False)
        self.teacher_heads = copy.deepcopy(self.heads).requires_grad_(False)
        self.register_buffer("centre", torch.zeros(1, PROTOTYPES))
        self._momentum, self._distillation = momentum, distillation

    def follow(self) -> None:
        """Move the teacher towards the student."""
        pairs = ((self.teacher, self.student), (self.teacher_heads, self.heads))
        for teacher, student in pairs:
            for slow, fast in zip(teacher.parameters(), student.parameters(), strict=True):
                slow.data.lerp_(fast.data, 1 - self._momentum)

    def loss_of(self, batch: ViewBatch, device: torch.device) -> Tensor:
        """Scalar loss of a batch; moves the teacher and the centre on."""
        self.follow()
        inputs, kinds = batch.inputs.to(device), batch.kinds.to(device)
        with reduced_precision(device):
            described = self.student(inputs)
        described = described.float()
        projected, prototypes = self.heads(described)
        contrast = contrast_kinds(projected, kinds, batch.layouts.to(device), batch.defects.to(device))
        named = tell_kinds(self.heads.kind_scores(described), kinds)
        return contrast + named + self._distillation * self._agree(inputs, prototypes)

    def _agree(self, inputs: Tensor, prototypes: Tensor) -> Tensor:
        """Loss against the teacher; moves the centre on."""
        with torch.no_grad(), reduced_precision(inputs.device):
            taught = self.teacher(inputs)
        with torch.no_grad():
            _, targets = self.teacher_heads(taught.float())
        loss = distil(prototypes, targets, self.centre)
        self.centre.lerp_(targets.mean(dim=0, keepdim=True), 1 - _CENTRE_MOMENTUM)
        return loss


def train_embedding(
    state: TeacherAndStudent,
    sampler: ViewSampler,
    schedule: Schedule,
    *,
    device: torch.device,
    checkpoint: Path,
    ctx: JobContext,
) -> float:
    """Train student and teacher in place; seconds spent. What is frozen in the student stays as it is."""
    state.to(device).train()
    learning = [value for value in state.parameters() if value.requires_grad]
    seconds = train(
        state,
        learning,
        sampler.draw,
        lambda batch, _step: state.loss_of(batch, device),
        schedule,
        checkpoint=checkpoint,
        ctx=ctx,
        title="embedding",
    )
    state.eval()
    return seconds
