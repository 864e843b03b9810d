"""Few-shot learning on CLIP: a judge of places, the texts, and the head."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from core.few_shot.card import FewShotCalibration, FewShotModel
from core.few_shot.shots import Shot
from core.few_shot.training.bank import fill_bank
from core.few_shot.training.classes import Vectors, describe_shots, fit_head
from core.few_shot.training.judge import train_judge
from core.networks.training.checkpoint import refuse_other_checkpoint
from core.networks.training.loop import Schedule
from core.services.few_shot.split import split_shots
from core.services.training.few_shot_cuts import AUGMENTED, calibrate_on
from core.services.training.few_shot_work import FewShotWork, MadeFewShot, few_shot_plan_of, stage_of

TEXT_WEIGHT = 0.2
_CLASS_VIEWS = 3
_VIEWS, _MOST_VIEWS, _LEAST_VIEWS = 240, 8, 2


@dataclass(frozen=True, slots=True)
class _Learned:
    """A model, its head's expected accuracy and vectors, and the seconds that it took."""

    model: FewShotModel
    expected: float
    vectors: Vectors
    seconds: float


def learn_with_clip(work: FewShotWork) -> MadeFewShot:
    """The judge of places, the texts and the head; cuts from a rehearsal without the shots held back."""
    trained, held_back = split_shots(work.shots, work.plan.held_back, work.plan.seed)
    refuse_other_checkpoint(stage_of(work.out, "rehearsal"), few_shot_plan_of(work, trained))
    rehearsed = _rehearse(work, trained, held_back) if held_back else None
    learned = _learn(work, work.shots, stage_of(work.out, "all"))
    calibration = rehearsed[0] if rehearsed else _calibrate(work, learned, trained)
    return MadeFewShot(
        learned.model,
        learned.expected,
        learned.vectors,
        learned.seconds + (rehearsed[1] if rehearsed else 0.0),
        calibration,
        "held-back shots" if held_back else AUGMENTED,
    )


def _rehearse(
    work: FewShotWork, trained: Sequence[Shot], held_back: Sequence[Shot]
) -> tuple[FewShotCalibration, float]:
    """Cuts from a model that did not see the shots held back, and its seconds; the final one learns from all."""
    judgement = work.start.network.judgement
    begun = {name: value.clone() for name, value in judgement.state_dict().items()}
    learned = _learn(work, trained, stage_of(work.out, "rehearsal"))
    calibration = _calibrate(work, learned, held_back)
    judgement.load_state_dict(begun)
    return calibration, learned.seconds


def _learn(work: FewShotWork, shots: Sequence[Shot], checkpoint: Path) -> _Learned:
    network, plan, pace = work.start.network, work.plan, work.plan.pace
    views = min(max(_VIEWS // max(len(shots), 1), _LEAST_VIEWS), _MOST_VIEWS)
    bank = fill_bank(network, shots, views, plan.seed, work.device, work.ctx)
    vectors = describe_shots(network, shots, work.classes, _CLASS_VIEWS, plan.seed, work.device, work.ctx)
    schedule = Schedule(
        pace.steps,
        peak=pace.rate,
        final=pace.rate / 20,
        warmup=min(20, pace.steps),
        plan=few_shot_plan_of(work, shots),
    )
    seconds = train_judge(
        network,
        bank,
        (torch.from_numpy(vectors.values), torch.from_numpy(vectors.labels)),
        schedule,
        batch=pace.batch,
        seed=plan.seed,
        device=work.device,
        checkpoint=checkpoint,
        ctx=work.ctx,
    )
    network.eval()
    head, expected = fit_head(vectors, network.blocks, len(work.classes), plan.seed)
    return _Learned(FewShotModel(network, head).to(work.device).eval(), expected, vectors, seconds)


def _calibrate(work: FewShotWork, learned: _Learned, shots: Sequence[Shot]) -> FewShotCalibration:
    return calibrate_on(work, learned.model, learned.expected, shots, text_weight=TEXT_WEIGHT)
