"""What a few-shot training works with, all that decides its outcome, and where that is written."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError

from core.detection.network import DefectNetwork
from core.detection.weights import Card, write_weights
from core.domain.errors import UserError
from core.domain.recipes import EvidenceSource
from core.few_shot.card import FewShotCalibration, FewShotModel, write_few_shot_model
from core.few_shot.shots import Shot
from core.few_shot.training.classes import Vectors
from core.jobs import JobContext
from core.networks.device import describe_device
from core.networks.training.plan import Plan
from core.networks.weights_file import file_sha256
from core.services.few_shot.plan import FewShotPlan
from core.services.training.few_shot_start import FewShotStart
from core.services.training.output import checkpoint_of

NOTES = "Trained on a few labelled images of one product; what it was never shown it does not know."
TUNED_EVIDENCE: tuple[EvidenceSource, ...] = ("matching",)
STAGES = ("rehearsal", "fold-1", "fold-2", "all")


@dataclass(frozen=True, slots=True)
class FewShotWork:
    """A training under way."""

    start: FewShotStart
    shots: list[Shot]
    plan: FewShotPlan
    out: Path
    device: torch.device
    ctx: JobContext

    @property
    def classes(self) -> tuple[str, ...]:
        """Names, the defect-free class first."""
        return self.start.card.classes


@dataclass(frozen=True, slots=True)
class TunedGuide:
    """A tuned detector.

    Attributes:
        network: its tensors.
        card: of its weights.
        unseen: the shots with the maps of detectors that did not learn from them; where there are too few to tune one
            without them, those of the detector before it was tuned.
        tuned: the shots with maps of tuned detectors, of such as did not learn from them where that is to be had.
        is_crossed: whether it was.
        seconds: of learning.
    """

    network: DefectNetwork
    card: Card
    unseen: list[Shot]
    tuned: list[Shot]
    is_crossed: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class MadeFewShot:
    """What was learned.

    Attributes:
        model: network and head.
        expected: accuracy on shots that the head did not see.
        vectors: that the head learned from.
        seconds: of learning.
        calibration: its cuts.
        calibrated_on: which images gave them, in words.
        guide: tuned; None with CLIP.
    """

    model: FewShotModel
    expected: float
    vectors: Vectors
    seconds: float
    calibration: FewShotCalibration
    calibrated_on: str
    guide: TunedGuide | None = None


def stage_of(out: Path, stage: str) -> Path:
    """The state of one of the STAGES of a training, beside what it will make."""
    return checkpoint_of(out.with_name(f"{out.stem}-{stage}.safetensors"))


def forget_stages(out: Path) -> None:
    """Remove the state of a training that is done or given up."""
    for stage in STAGES:
        stage_of(out, stage).unlink(missing_ok=True)


def few_shot_plan_of(work: FewShotWork, shots: Sequence[Shot]) -> Plan:
    """All that decides the outcome: shots and files by their content, not by their names."""
    plan, pace, card = work.plan, work.plan.pace, work.start.card
    digest = hashlib.sha256()
    for shot in shots:
        digest.update(shot.label.encode() + np.ascontiguousarray(shot.pixels).tobytes())
        digest.update(b"" if shot.mask is None else np.packbits(shot.mask).tobytes())
    texts = getattr(work.start.network, "texts", None)
    return {
        "kind": card.kind,
        "backbone": card.backbone,
        "guide_sha256": card.guide_sha256,
        "side": card.side or "",
        "input_size": card.input_size or "",
        "texts_sha256": "" if texts is None else hashlib.sha256(texts.cpu().numpy().tobytes()).hexdigest(),
        "clip_weights": _clip_text(plan),
        "steps": pace.steps,
        "batch": pace.batch,
        "rate": pace.rate,
        "seed": plan.seed,
        "shots_sha256": digest.hexdigest(),
    }


def _clip_text(plan: FewShotPlan) -> str:
    if plan.clip_weights is None or plan.clip_weights == "hub":
        return plan.clip_weights or ""
    return f"sha256 {file_sha256(Path(plan.clip_weights).expanduser())}"


def write_made(work: FewShotWork, made: MadeFewShot) -> None:
    """Weights, card and guide; then the state that led to them is forgotten."""
    facts: dict[str, str | int | float] = {
        **few_shot_plan_of(work, work.shots),
        **{f"shots {name}": count for name, count in Counter(shot.label for shot in work.shots).items()},
        "calibrated_on": made.calibrated_on,
        "accuracy_cross_validated": round(made.expected, 4),
        "seconds": round(made.seconds, 1),
        "device": describe_device(work.device),
    }
    changes = {"vector": len(made.model.head.mean), "calibration": made.calibration}
    try:
        guide = {} if made.guide is None else _write_guide(work, made.guide)
        card = work.start.card.model_copy(update={**changes, **guide, "training": facts, "notes": NOTES})
        write_few_shot_model(work.out, made.model.cpu(), card)
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"{work.out} cannot be written: {error}.", "What was trained is kept; make room and run it again."
        ) from error
    forget_stages(work.out)


def _write_guide(work: FewShotWork, guide: TunedGuide) -> dict[str, object]:
    """The guide's weights beside the model's; what the model's card says of them."""
    path = work.out.with_name(work.start.card.guide_file)
    write_weights(path, guide.network.cpu(), guide.card)
    return {"guide_sha256": file_sha256(path), "guide_evidence": TUNED_EVIDENCE}
