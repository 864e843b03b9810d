"""What every method of this room offers: it learns from normal images and scores any."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.anomaly.features import load_encoder
from core.anomaly.inputs import to_input
from core.jobs import JobContext
from core.networks.backbone.frozen import FrozenBackbone


class Scored(NamedTuple):
    """What a method says of a batch, on its own scale; higher = more anomalous.

    Attributes:
        maps: (B, h, w).
        scores: (B,) of the images as a whole.
    """

    maps: Tensor
    scores: Tensor


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of gradient steps.

    Attributes:
        name: for progress and checkpoints.
        parameters: what learns; in an adversarial phase that of both sides, each with gradients in its own turn.
        loss_of: (B, 1, S, S) normal images and the step to a scalar.
        share: of the method's steps.
        rate, betas, weight_decay, clip: of the optimiser, where the paper's differ from ours.
    """

    name: str
    parameters: Sequence[nn.Parameter]
    loss_of: Callable[[Tensor, int], Tensor]
    share: float = 1.0
    rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = 0.0
    clip: float = 1.0


@dataclass(frozen=True, slots=True)
class NormalImages:
    """Normal images as a method sees them, batch by batch.

    Attributes:
        squares: (N, S, S) 8 bit.
        batch: images at once.
        device: where the method computes.
        ctx: is checked before each batch.
    """

    squares: NDArray[np.uint8]
    batch: int
    device: torch.device
    ctx: JobContext

    def batches(self, what: str) -> Iterator[Tensor]:
        """(B, 1, S, S) in order; `what` is done with them, for the progress.

        Raises:
            JobCancelled: between batches.
        """
        starts = range(0, len(self.squares), self.batch)
        for start in self.ctx.track(starts, what):
            yield self.pick(np.arange(start, min(start + self.batch, len(self.squares))))

    def some(self, most: int) -> "NormalImages":
        """The same, or so many of them evenly chosen."""
        if len(self.squares) <= most:
            return self
        chosen = np.linspace(0, len(self.squares) - 1, most).round().astype(int)
        return replace(self, squares=self.squares[chosen])

    def pick(self, indices: NDArray[np.int64]) -> Tensor:
        """(B, 1, S, S) of these."""
        return to_input(self.squares[indices]).to(self.device)

    def steps(self, count: int, what: str) -> Iterable[int]:
        """Numbers from 0 on, with progress.

        Raises:
            JobCancelled: between two.
        """
        return self.ctx.track(range(count), what)


class AnomalyMethod(nn.Module, ABC):
    """A method; sub-classes say how it begins, learns, ends and scores."""

    def start_from(self, encoder: Mapping[str, Tensor]) -> None:
        """Give every frozen pyramid or token reader in it an encoder's tensors.

        Raises:
            UserError: they are of another backbone.
        """
        for part in self.modules():
            if isinstance(part, FrozenBackbone) and not any(p.requires_grad for p in part.parameters()):
                load_encoder(part, encoder)

    def begin(self, normals: NormalImages) -> None:
        """What must be known of the normal images before the first step."""

    def phases(self) -> tuple[Phase, ...]:
        """Gradient phases in order; none where nothing is optimised."""
        return ()

    def finish(self, normals: NormalImages) -> None:
        """What is read from the normal images after the last step, in eval mode."""

    @abstractmethod
    def score(self, x: Tensor) -> Scored:
        """Judge images.

        Args:
            x: (B, 1, S, S) standardised.
        """
