"""A few-shot model from labelled images: where defects are, and what they are called."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from core.detection.training.cuts import cuts_from_normals
from core.domain.arrays import BoolArray, FloatArray
from core.domain.detector import Detector
from core.domain.maps import ScoreMap
from core.domain.recipes import DetectorOptions, Recipe, SegmentationOptions
from core.few_shot.card import FewShotCalibration, FewShotModel
from core.few_shot.shots import Shot
from core.few_shot.training.bank import fill_bank
from core.few_shot.training.calibrate import calibrate
from core.few_shot.training.classes import Vectors, describe_shots, fit_head
from core.few_shot.training.judge import train_judge
from core.jobs import JobContext
from core.networks.device import pick_device, use_physical_cores
from core.networks.training.checkpoint import refuse_other_checkpoint
from core.networks.training.loop import Schedule
from core.segmentation import segment
from core.services.few_shot.labelled import LabelledImage
from core.services.few_shot.plan import FewShotPlan
from core.services.few_shot.split import class_names, split_shots
from core.services.training.few_shot_shots import read_shots
from core.services.training.few_shot_start import begin_few_shot
from core.services.training.few_shot_work import (
    FewShotWork,
    MadeFewShot,
    few_shot_plan_of,
    state_of_all,
    write_made,
)
from core.services.training.output import checkpoint_of, refuse_bad_output

TEXT_WEIGHT = 0.2
CLASS_WEIGHT = 0.5
_CLASS_VIEWS = 3


@dataclass(frozen=True, slots=True)
class TrainedFewShot:
    """What a training made.

    Attributes:
        path: the weights; their card, and the guide's weights where there is one, lie beside them.
        recipe: measures with them.
        shots: how many of each class were trained on.
        held_back: how many of them, in all, gave the cuts in a rehearsal that did not see them.
        text: "on…", or why the texts are off.
        seconds: of learning, in all sittings.
    """

    path: Path
    recipe: Recipe
    shots: dict[str, int]
    held_back: int
    text: str
    seconds: float


def train_few_shot(
    labelled: Sequence[LabelledImage],
    out: Path,
    plan: FewShotPlan,
    device_name: str,
    ctx: JobContext,
    guide: Detector | None = None,
) -> TrainedFewShot:
    """Train on K images of each of N classes, defect-free ones among them; run again after a stop, it goes on.

    Images that cannot be used are emitted as FailedImages.

    Args:
        labelled: the shots.
        out: the weights, a .safetensors file.
        plan: what is trained.
        device_name: "auto", "cpu" or "cuda".
        guide: the detector of the plan's weights, where it is loaded already.

    Raises:
        UserError: classes or masks are missing, weights are, `out` cannot be written, or a stopped training beside it
            was begun with other settings.
        JobCancelled: the state is saved beside `out`.

    Source:
        SEM-CLIP (Jin et al. 2024), Sec. 3. Where ours differs: places are encoded once and judged one by one, so that
        training takes seconds on a CPU; without CLIP the project's own encoder and a detector's map take its place.
    """
    out = out.expanduser().absolute()
    refuse_bad_output(out, plan.weights)
    use_physical_cores()
    classes = class_names(labelled)
    start = begin_few_shot(plan, classes, out.stem, device_name, guide)
    shots = read_shots(labelled, start, plan, ctx)
    trained, held_back = split_shots(shots, plan.held_back, plan.seed)
    device = pick_device(device_name)
    start.network.to(device).eval()
    work = FewShotWork(start, trained, held_back, plan, out, device, ctx)
    refuse_other_checkpoint(checkpoint_of(out), few_shot_plan_of(work, work.trained))
    rehearsed = _rehearse(work) if held_back else None
    made = _train(work, [*trained, *held_back], state_of_all(out))
    calibration = rehearsed.calibration if rehearsed else _calibrate(work, made)
    seconds = made.seconds + (rehearsed.seconds if rehearsed else 0.0)
    write_made(work, made, calibration, seconds)
    detector = DetectorOptions(method="sem_clip", weights=str(out), backbone_weights=plan.clip_weights)
    counts = dict(Counter(shot.label for shot in shots))
    return TrainedFewShot(
        out, Recipe(name=out.stem, detector=detector), counts, len(held_back), start.card.text, seconds
    )


@dataclass(frozen=True, slots=True)
class _Rehearsed:
    """Cuts, and the seconds that they took."""

    calibration: FewShotCalibration
    seconds: float


def _rehearse(work: FewShotWork) -> _Rehearsed:
    """Cuts from a model that did not see the shots held back; the final one learns from all of them."""
    judgement = work.start.network.judgement
    begun = {name: value.clone() for name, value in judgement.state_dict().items()}
    made = _train(work, work.trained, checkpoint_of(work.out))
    calibration = _calibrate(work, made)
    judgement.load_state_dict(begun)
    return _Rehearsed(calibration, made.seconds)


def _train(work: FewShotWork, shots: Sequence[Shot], checkpoint: Path) -> MadeFewShot:
    network, plan = work.start.network, work.plan
    bank = fill_bank(network, shots, work.views, plan.seed, work.device, work.ctx)
    whole = _describe(work, shots) if work.start.card.kind == "clip" else None
    schedule = Schedule(
        plan.steps,
        peak=plan.rate,
        final=plan.rate / 20,
        warmup=min(20, plan.steps),
        plan=few_shot_plan_of(work, shots),
    )
    seconds = train_judge(
        network,
        bank,
        _texts_of(whole),
        schedule,
        batch=plan.batch,
        seed=plan.seed,
        device=work.device,
        checkpoint=checkpoint,
        ctx=work.ctx,
    )
    network.eval()
    vectors = whole or _describe(work, shots)
    head, expected = fit_head(vectors, network.blocks, len(work.classes), plan.seed)
    return MadeFewShot(FewShotModel(network, head).to(work.device).eval(), expected, seconds)


def _texts_of(whole: Vectors | None) -> tuple[torch.Tensor, torch.Tensor]:
    """Vectors and classes for the texts to learn from; nothing where there are none."""
    if whole is None:
        return torch.zeros(1, 1), torch.zeros(1, dtype=torch.int64)
    return torch.from_numpy(whole.values), torch.from_numpy(whole.labels)


def _describe(work: FewShotWork, shots: Sequence[Shot]) -> Vectors:
    network, seed = work.start.network, work.plan.seed
    return describe_shots(network, shots, work.classes, _CLASS_VIEWS, seed, work.device, work.ctx)


def _calibrate(work: FewShotWork, made: MadeFewShot) -> FewShotCalibration:
    """On what was held back; on the training's own shots, augmented, where there are too few."""
    text_weight = TEXT_WEIGHT if work.start.card.kind == "clip" else 0.0
    class_weight = weight_of_head(made.expected, len(work.classes))
    return calibrate(
        made.model,
        work.classes,
        work.held_back or work.trained,
        FewShotCalibration(class_weight=class_weight, text_weight=text_weight),
        cuts_from_normals,
        partial(_binarize, options=SegmentationOptions()),
        seed=work.plan.seed,
        device=work.device,
        ctx=work.ctx,
    )


def weight_of_head(expected: float, classes: int) -> float:
    """What the head may say of the image's score: nothing if it only guesses, CLASS_WEIGHT if it never errs.

    Args:
        expected: accuracy on shots that it did not see.
        classes: how many there are, the defect-free one included.
    """
    chance = 1 / classes
    return CLASS_WEIGHT * min(max(expected - chance, 0.0) / (1 - chance), 1.0)


def _binarize(values: FloatArray, floor: float, options: SegmentationOptions) -> BoolArray:
    mask, _ = segment(ScoreMap(values, 1.0), options, floor=floor)
    return mask.pixels
