"""Sources of evidence, made comparable, and their fusion to one defect logit."""

from collections.abc import Callable, Collection, Iterable
from itertools import combinations
from typing import Protocol, TypeAlias, get_args

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor
from torch.nn import functional as F

from core.detection.in_image.lattice import lattice
from core.detection.in_image.patch_knn import patch_knn
from core.domain.recipes import EvidenceSource
from core.networks.preprocess import pad_to_multiple, to_image_size

Evidence: TypeAlias = dict[EvidenceSource, Tensor]
"""(B, H/2, W/2) of each source: matching a defect logit, the others log1p of a robust deviation, 0 where normal."""

TRAINING_FREE: dict[EvidenceSource, Callable[[Tensor], Tensor]] = {"patch_knn": patch_knn, "lattice": lattice}
"""Sources that read pixels alone: (H, W) standardised image to (H/2, W/2)."""

_RIVALS = {"residual", "prototypes"}  # two readings of the same head


class Fusion(BaseModel):
    """Logistic fusion: logit = bias + Σ weight · evidence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bias: float = 0.0
    weights: dict[EvidenceSource, float] = {"matching": 1.0}

    def fuse(self, evidence: Evidence) -> Tensor:
        """Defect logit, (B, H/2, W/2); every weighted source must be there."""
        terms = torch.stack([weight * evidence[source] for source, weight in self.weights.items()])
        return self.bias + terms.sum(dim=0)


class LearnedSources(Protocol):
    """A network that gives evidence."""

    def __call__(self, x: Tensor, wanted: Collection[EvidenceSource]) -> Evidence:
        """Evidence of a batch; sources that are not its own are passed over."""
        ...


def read_evidence(network: LearnedSources, x: Tensor, wanted: Collection[EvidenceSource]) -> Evidence:
    """All that is wanted of a batch (B, 1, H, W), from the network and from the pixels."""
    evidence = network(x, wanted)
    if "coarse_matching" in wanted:
        evidence["coarse_matching"] = _read_coarse(network, x)
    for source in TRAINING_FREE:
        if source in wanted:
            evidence[source] = comparable(torch.stack([TRAINING_FREE[source](image[0]) for image in x]))
    return evidence


def _read_coarse(network: LearnedSources, x: Tensor) -> Tensor:
    """Matching on the image at half size: reaches twice as far, and sees what is large and smooth."""
    half = F.avg_pool2d(x, 2)
    half = half / half.std(dim=(1, 2, 3), keepdim=True).clamp_min(1e-3)
    whole = pad_to_multiple(half, 16)
    wanted: tuple[EvidenceSource, ...] = ("matching",)
    logit = network(whole.contiguous(memory_format=torch.channels_last), wanted)["matching"]
    return to_image_size(logit, (whole.shape[-2], whole.shape[-1]), (half.shape[-2], half.shape[-1]))


def comparable(maps: Tensor) -> Tensor:
    """log1p of the robust deviation within each image, floored at 0: (B, h, w) to the same."""
    return robust_deviation(maps).clamp_min(0).log1p()


def robust_deviation(maps: Tensor) -> Tensor:
    """How far each place lies above its own image's median, in units of the image's spread.

    Args:
        maps: (B, h, w).

    Returns:
        (B, h, w), 0 at the median; the spread is the interquartile range, floored so that a flat map stays flat.
    """
    flat = maps.flatten(1)[
        :, :: max(1, maps[0].numel() // 16_384)
    ]  # quantile() is slow, and limited, on more
    quartiles = torch.quantile(
        flat, torch.tensor([0.25, 0.5, 0.75], device=maps.device, dtype=maps.dtype), dim=1
    )
    spread = (quartiles[2] - quartiles[0]).clamp_min(1e-4)
    return (maps - quartiles[1][:, None, None]) / spread[:, None, None]


def source_key(sources: Iterable[EvidenceSource]) -> str:
    """The name under which a card keeps the calibration of a set of sources."""
    return "+".join(sorted(sources))


def all_source_sets(available: Iterable[EvidenceSource]) -> list[tuple[EvidenceSource, ...]]:
    """Every set of sources that a recipe may ask for."""
    names = [source for source in get_args(EvidenceSource) if source in set(available)]
    sets = [chosen for count in range(1, len(names) + 1) for chosen in combinations(names, count)]
    return [chosen for chosen in sets if not set(chosen) >= _RIVALS]
