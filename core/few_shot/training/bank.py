"""Shots encoded once: the places that the judge learns from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.few_shot.network import Encoded, FewShotNetwork
from core.few_shot.shots import Shot
from core.few_shot.training.augment import View, view_of
from core.jobs import JobContext

_DEFECTIVE, _NEAR, _HARD, _OTHER = 400, 200, 300, 150
"""Places that are kept of a view at most: defective ones, those next to them, the most suspicious and any others."""


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Places of many views.

    Attributes:
        features: (M, D) float16.
        truth: (M, parts²) share of each sub-cell that is defective.
        stands_for: (M,) how many places of its view each stands for.
    """

    features: Tensor
    truth: Tensor
    stands_for: Tensor


def fill_bank(
    network: FewShotNetwork,
    shots: Sequence[Shot],
    views: int,
    seed: int,
    device: torch.device,
    ctx: JobContext,
) -> Bank:
    """Encode the shots whose truth is known, each as it is and augmented.

    Args:
        views: of each shot, the first as it is.

    Raises:
        JobCancelled: between views.
    """
    teaching = [shot for shot in shots if shot.teaches_places]
    jobs = [(shot, number) for number in range(views) for shot in teaching]
    parts = []
    for index, (shot, number) in enumerate(ctx.track(jobs, "looking at the shots")):
        rng = np.random.default_rng([seed, index])
        view = view_of(shot, rng if number else None)
        parts.append(_places_of(network, view, rng, device))
    features, truth, stands_for = (torch.cat(column) for column in zip(*parts, strict=True))
    return Bank(features, truth, stands_for)


def encode_view(
    network: FewShotNetwork, view: View, device: torch.device
) -> tuple[Encoded, Tensor, Tensor | None]:
    """Features of a view, the view as (1, 1, H, W), and its guide where the network wants one."""
    x = torch.from_numpy(np.ascontiguousarray(view.pixels))[None, None].to(device)
    guide = torch.from_numpy(np.ascontiguousarray(view.guide))[None, None].to(device)
    with torch.inference_mode():
        return network.encode(x), x, guide if network.guided else None


def _places_of(
    network: FewShotNetwork, view: View, rng: np.random.Generator, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    encoded, _, guide = encode_view(network, view, device)
    with torch.inference_mode():
        cells = network.cells(encoded, guide)
        suspicion = network.judge(cells.features)[0].amax(dim=1).cpu().numpy()
    mask = torch.from_numpy(np.ascontiguousarray(view.mask, np.float32))[None, None]
    fine = (cells.grid[0] * network.parts, cells.grid[1] * network.parts)
    share = F.pixel_unshuffle(F.adaptive_avg_pool2d(mask, fine), network.parts)[0].flatten(1).T
    near = F.max_pool2d(F.adaptive_avg_pool2d(mask, cells.grid), 5, stride=1, padding=2).flatten().numpy() > 0
    chosen, stands_for = _choose(share.amax(dim=1).numpy() > 0, near, suspicion, rng)
    picked = torch.from_numpy(chosen)
    features = cells.features[0].cpu()[picked].half()
    return features.clone(), share[picked].clone(), torch.from_numpy(stands_for)


def _choose(
    defective: np.ndarray, near: np.ndarray, suspicion: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Indices of places, and how many each stands for."""
    order = np.argsort(-suspicion)
    hard = np.zeros(len(order), np.bool_)
    hard[order[:_HARD]] = True
    groups = [
        (np.flatnonzero(defective), _DEFECTIVE),
        (np.flatnonzero(near & ~defective), _NEAR),
        (np.flatnonzero(hard & ~near & ~defective), _HARD),
        (np.flatnonzero(~hard & ~near & ~defective), _OTHER),
    ]
    chosen = [rng.permutation(members)[:most] for members, most in groups]
    weights = [
        np.full(len(kept), len(members) / max(len(kept), 1), np.float32)
        for kept, (members, _) in zip(chosen, groups, strict=True)
    ]
    return np.concatenate(chosen), np.concatenate(weights)
