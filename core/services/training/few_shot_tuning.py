"""The guide of the own encoder: a detector tuned to the shots, and what it says of shots that it never saw."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.detection.evidence import source_key
from core.detection.ic_defectncd.detector import ICDefectNCDDetector
from core.detection.network import DefectNetwork
from core.detection.training.tuning import tune_matching
from core.detection.weights import Calibration, Card, read_card, read_network, resolve_weights
from core.domain.detector import ModelIdentity
from core.few_shot.shots import Shot
from core.few_shot.training.batches import batches_of, crop_side
from core.networks.training.loop import Schedule
from core.services.training.few_shot_work import (
    TUNED_EVIDENCE,
    FewShotWork,
    TunedGuide,
    few_shot_plan_of,
    stage_of,
)

FOLDS = 2
_TITLES = {
    "fold-1": "learning where defects are, from one half",
    "fold-2": "learning where defects are, from the other half",
    "all": "learning where defects are, from all shots",
}
_LARGEST_CROP = 192
_FEW = 5.0  # steps a shot: with one shot a class there is less to learn


def tune_guide(work: FewShotWork) -> TunedGuide:
    """Tune the decoder to all shots, and before that to each half of them, to see what it says of the other half.

    Args:
        work: with shots, whose guides are the maps of the detector as it is.

    Raises:
        JobCancelled: between steps; the state is saved beside the output.
        UserError: a stopped training was begun with other settings.
    """
    shots, weights = work.shots, resolve_weights(work.plan.weights)
    folds = fold_of(shots, work.plan.seed)
    unseen, seconds = list(shots), 0.0
    for fold in sorted(set(folds)):
        left = [index for index, own in enumerate(folds) if own == fold]
        network, spent = _tune(work, weights, _without(shots, left), f"fold-{fold + 1}", share=1 / FOLDS)
        seconds += spent
        for index, shot in zip(left, _look(work, network, [shots[index] for index in left]), strict=True):
            unseen[index] = shot
    network, spent = _tune(work, weights, shots, "all", share=1.0)
    tuned = unseen if folds else _look(work, network, shots)
    return TunedGuide(network, _card_of(weights, work.out.stem), unseen, tuned, bool(folds), seconds + spent)


def _without(shots: Sequence[Shot], left: Sequence[int]) -> list[Shot]:
    return [shot for index, shot in enumerate(shots) if index not in left]


def fold_of(shots: Sequence[Shot], seed: int) -> list[int]:
    """The fold of each shot, in turns within its class; none where too few are left to learn from without a fold."""
    labels = sorted({shot.label for shot in shots})
    rng = np.random.default_rng(seed)
    folds = [0] * len(shots)
    for label in labels:
        own = [index for index, shot in enumerate(shots) if shot.label == label]
        if len(own) < FOLDS:
            return []
        for turn, index in enumerate(rng.permutation(own)):
            folds[int(index)] = turn % FOLDS
    marked = {fold for fold, shot in zip(folds, shots, strict=True) if shot.mask is not None}
    return folds if len(marked) == FOLDS else []


def _tune(
    work: FewShotWork, weights: Path, shots: Sequence[Shot], stage: str, *, share: float
) -> tuple[DefectNetwork, float]:
    network = read_network(weights)
    plan, pace = work.plan, work.plan.pace
    taught = [shot for shot in shots if shot.teaches_places]
    steps = max(1, round(share * min(pace.steps, _FEW * len(work.shots))))
    schedule = Schedule(
        steps,
        peak=pace.rate,
        final=pace.rate / 20,
        warmup=min(20, steps),
        plan={**few_shot_plan_of(work, shots), "stage": stage},
    )
    draw = batches_of(taught, side=crop_side(taught, _LARGEST_CROP), batch=pace.batch, seed=plan.seed)
    seconds = tune_matching(
        network,
        draw,
        schedule,
        device=work.device,
        checkpoint=stage_of(work.out, stage),
        ctx=work.ctx,
        title=_TITLES[stage],
    )
    return network.eval(), seconds


def _look(work: FewShotWork, network: DefectNetwork, shots: Sequence[Shot]) -> list[Shot]:
    """The shots with this network's logits as their guides."""
    detector = ICDefectNCDDetector(network, Calibration(), ModelIdentity("tuned", ""), work.device)
    maps = detector.read_logits([shot.pixels for shot in shots], work.ctx.check)
    return [replace(shot, guide=logits) for shot, logits in zip(shots, maps, strict=True)]


def _card_of(weights: Path, stem: str) -> Card:
    """Of a tuned detector: its decoder's logits are the defect's, so nothing has to be fused or scaled."""
    card = read_card(weights)
    return card.model_copy(
        update={
            "model_id": f"{stem}-guide",
            "calibrations": {source_key(TUNED_EVIDENCE): Calibration()},
            "notes": f"{card.model_id}, its decoder tuned to the shots of {stem}. Its cuts are those of {stem}.",
        }
    )
