"""What a training of a benchmark method is asked to do, and all that decides its outcome."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.anomaly.card import VadSpec
from core.anomaly.features import OWN, RANDOM
from core.anomaly.registry import METHODS
from core.detection.weights import default_weights_file
from core.domain.errors import UserError
from core.domain.lots import ImageRecord
from core.domain.recipes import LearnedMethod
from core.networks.backbone.frozen import HUB
from core.networks.training.plan import Plan
from core.networks.weights_file import file_sha256


@dataclass(frozen=True, slots=True)
class VadPlan:
    """What is trained, and how; None takes the method's own.

    Attributes:
        method: its name.
        backbone: timm's name.
        backbone_weights: "own" for the shipped encoder, "random", "hub", or a .safetensors file; by default "own"
            where the backbone is the shipped one, and nothing else may be left out.
        side: of the square that the method sees, px.
        width: channels of networks that it builds itself.
        steps, batch, rate: of the training.
        held_back: share of the images that is calibrated on and never learned from.
        seed: of everything.
    """

    method: LearnedMethod
    backbone: str | None = None
    backbone_weights: str | None = None
    side: int | None = None
    width: int | None = None
    steps: int | None = None
    batch: int | None = None
    rate: float | None = None
    held_back: float = 0.2
    seed: int = 1

    @property
    def spec(self) -> VadSpec:
        """What is built."""
        entry = METHODS[self.method]
        backbone = None if entry.backbone is None else self.backbone or entry.backbone
        width = None if entry.width is None else self.width or entry.width
        return VadSpec(method=self.method, side=self.side or entry.side, backbone=backbone, width=width)

    @property
    def source(self) -> str:
        """Where the backbone's weights come from; empty where the method takes none.

        Raises:
            UserError: a backbone is named and its weights are not.
        """
        backbone = self.spec.backbone
        if backbone is None:
            return ""
        if self.backbone_weights is None and backbone != METHODS[self.method].backbone:
            raise UserError(
                f"The backbone “{backbone}” comes without weights.",
                "Give --backbone-weights: a .safetensors file, hub, or random for untrained features.",
            )
        return self.backbone_weights or OWN


def decided_by(plan: VadPlan, trained: Sequence[ImageRecord], batch: int) -> Plan:
    """All that decides the outcome: files by their bytes, not by their names."""
    lines = "\n".join(f"{record.sha256} {record.page}" for record in trained)
    spec = plan.spec
    return {
        **{name: value for name, value in spec.model_dump().items() if value is not None},
        "backbone_weights": _source_text(plan.source),
        "steps": plan.steps or METHODS[plan.method].steps,
        "batch": batch,
        "rate": plan.rate or "",
        "seed": plan.seed,
        "images": len(trained),
        "images_sha256": hashlib.sha256(lines.encode()).hexdigest(),
    }


def _source_text(source: str) -> str:
    if source in ("", RANDOM, HUB):
        return source
    path = default_weights_file() if source == OWN else Path(source).expanduser()
    return f"sha256 {file_sha256(path)}"


def feature_words(plan: VadPlan) -> str:
    """What the features are worth, for people."""
    backbone = plan.spec.backbone
    words = {
        "": "",
        OWN: f"{backbone}: the shipped encoder, trained on generated SEM images",
        RANDOM: f"{backbone}: untrained, random features",
        HUB: f"{backbone}: pretrained, from the hub",
    }
    return words.get(plan.source, f"{backbone}: from the file {Path(plan.source).name}")
