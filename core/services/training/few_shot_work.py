"""What a few-shot training works with, all that decides its outcome, and where that is written."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError

from core.domain.errors import UserError
from core.few_shot.card import FewShotCalibration, FewShotModel, write_few_shot_model
from core.few_shot.shots import Shot
from core.jobs import JobContext
from core.networks.device import describe_device
from core.networks.training.plan import Plan
from core.networks.weights_file import file_sha256
from core.services.few_shot.guide import keep_guide
from core.services.few_shot.plan import FewShotPlan
from core.services.training.few_shot_start import FewShotStart
from core.services.training.output import checkpoint_of

NOTES = "Trained on a few labelled images of one product; what it was never shown it does not know."
_VIEWS, _MOST_VIEWS, _LEAST_VIEWS = 240, 8, 2


@dataclass(frozen=True, slots=True)
class FewShotWork:
    """A training under way."""

    start: FewShotStart
    trained: list[Shot]
    held_back: list[Shot]
    plan: FewShotPlan
    out: Path
    device: torch.device
    ctx: JobContext

    @property
    def classes(self) -> tuple[str, ...]:
        """Names, the defect-free class first."""
        return self.start.card.classes

    @property
    def views(self) -> int:
        """Of each shot: the fewer shots, the more views."""
        return min(max(_VIEWS // max(len(self.trained), 1), _LEAST_VIEWS), _MOST_VIEWS)


@dataclass(frozen=True, slots=True)
class MadeFewShot:
    """A model, the accuracy that is expected of its head, and the seconds that it took."""

    model: FewShotModel
    expected: float
    seconds: float


def state_of_all(out: Path) -> Path:
    """The state of the training on all shots."""
    return checkpoint_of(out.with_name(f"{out.stem}-all.safetensors"))


def few_shot_plan_of(work: FewShotWork, shots: Sequence[Shot]) -> Plan:
    """All that decides the outcome: shots and files by their content, not by their names."""
    plan, card = work.plan, work.start.card
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
        "steps": plan.steps,
        "batch": plan.batch,
        "rate": plan.rate,
        "seed": plan.seed,
        "views": work.views,
        "shots_sha256": digest.hexdigest(),
    }


def _clip_text(plan: FewShotPlan) -> str:
    if plan.clip_weights is None or plan.clip_weights == "hub":
        return plan.clip_weights or ""
    return f"sha256 {file_sha256(Path(plan.clip_weights).expanduser())}"


def write_made(work: FewShotWork, made: MadeFewShot, calibration: FewShotCalibration, seconds: float) -> None:
    """Weights, card and guide; then the state that led to them is forgotten."""
    shots = [*work.trained, *work.held_back]
    facts: dict[str, str | int | float] = {
        **few_shot_plan_of(work, shots),
        **{f"shots {name}": count for name, count in Counter(shot.label for shot in shots).items()},
        "held_back": len(work.held_back),
        "calibrated_on": "held-back shots" if work.held_back else "augmented shots of the training",
        "accuracy_cross_validated": round(made.expected, 4),
        "seconds": round(seconds, 1),
        "device": describe_device(work.device),
    }
    card = work.start.card.model_copy(
        update={
            "vector": len(made.model.head.mean),
            "calibration": calibration,
            "training": facts,
            "notes": NOTES,
        }
    )
    if work.start.guide_options is not None:
        keep_guide(work.start.guide_options, work.out)
    try:
        write_few_shot_model(work.out, made.model.cpu(), card)
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"{work.out} cannot be written: {error}.", "What was trained is kept; make room and run it again."
        ) from error
    for state in (checkpoint_of(work.out), state_of_all(work.out)):
        state.unlink(missing_ok=True)
