"""Where a trained few-shot model is cut: from shots that were held back, or from augmented ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from core.domain.arrays import BoolArray
from core.domain.maps import ScoreMap
from core.few_shot.card import FewShotCalibration, FewShotModel
from core.few_shot.detector import read_look
from core.few_shot.looking import look_at
from core.few_shot.shots import Shot
from core.few_shot.training.augment import view_of
from core.jobs import JobContext
from core.networks.score_cuts import Binarize, fit_floor

_STREAM = 11  # of draws apart from those that were trained on
_VIEWS = 4  # of each shot: few shots alone say little of how scores spread

CutsOf = Callable[[Sequence[float]], tuple[float, float]]
"""Scores of defect-free images to where Unknown and NG begin."""


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    score_map: ScoreMap
    mask: BoolArray
    has_mask: bool
    is_normal: bool


def calibrate(
    model: FewShotModel,
    classes: Sequence[str],
    shots: Sequence[Shot],
    begun: FewShotCalibration,
    cuts_of: CutsOf,
    binarize: Binarize,
    *,
    seed: int,
    device: torch.device,
    ctx: JobContext,
) -> FewShotCalibration:
    """Cuts on the image score from defect-free shots, the floor from defective ones that have a mask.

    Args:
        model: trained.
        shots: held back, or those that were trained on where there are too few; each is seen as it is and augmented.
        begun: its weights of classes and texts are kept.

    Raises:
        ValueError: none of the shots is defect-free.
        JobCancelled: between shots.
    """
    seen = [
        _see(model, classes, shot, begun, _draws(seed, index, number), device)
        for index, shot in enumerate(ctx.track(shots, "calibrating"))
        for number in range(_VIEWS)
    ]
    unknown_at, ng_at = cuts_of([one.score_map.score for one in seen if one.is_normal])
    found = begun.model_copy(update={"unknown_at": unknown_at, "ng_at": ng_at})
    drawn = [one for one in seen if one.has_mask]
    if not drawn:
        return found
    floor = fit_floor([one.score_map for one in drawn], [one.mask for one in drawn], unknown_at, binarize)
    return found.model_copy(update={"floor": floor})


def _draws(seed: int, index: int, number: int) -> np.random.Generator | None:
    """What augments a view; the first one of each shot is as it is."""
    return np.random.default_rng([seed, _STREAM, index, number]) if number else None


def _see(
    model: FewShotModel,
    classes: Sequence[str],
    shot: Shot,
    calibration: FewShotCalibration,
    rng: np.random.Generator | None,
    device: torch.device,
) -> _Seen:
    view = view_of(shot, rng)
    look = look_at(model.network, view.pixels, view.guide if model.network.guided else None, device)
    score_map = read_look(model, classes, look, calibration, view.pixels.shape)
    return _Seen(score_map, view.mask, shot.mask is not None and bool(view.mask.any()), shot.is_normal)
