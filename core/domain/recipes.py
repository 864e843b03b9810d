"""Recipes: how a lot is measured. Frozen, versioned JSON with a fingerprint; unknown keys are refused."""

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.domain.discovery_options import DiscoveryOptions
from core.domain.errors import UserError

EvidenceSource = Literal["matching", "coarse_matching", "residual", "prototypes", "patch_knn", "lattice"]
"""What can speak of a defect: learned in-image matching, the same at half the resolution, the NI residual, direct NI
matching (distance to the nearest normal token), raw-patch neighbours, comparison across the steps of a lattice."""

InImageMethod = Literal[
    "patch_knn", "derivative_knn", "lattice", "phase_only", "global_pca", "self_prediction"
]
"""Training-free peers that ours is measured against."""

LearnedMethod = Literal[
    "patchcore",
    "padim",
    "cfa",
    "stfpm",
    "rd4ad",
    "fastflow",
    "supersimplenet",
    "ganomaly",
    "f_anogan",
    "iad_inpainting",
    "riad",
    "efficientad",
    "dinomaly",
    "anomalydino",
]
"""Methods of the field's benchmarks that learn from a product's own defect-free images."""

Method = Literal["ic_defectncd", InImageMethod, LearnedMethod]
"""Detectors by name."""


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DetectorOptions(_Options):
    """Which detector scores the images.

    Attributes:
        method: name of the detector; one of LearnedMethod needs `weights` that `residua train vad` made.
        evidence: sources that are fused (ic_defectncd only); at most one of residual and prototypes.
        weights: "default" for the shipped weights, or the path of a safetensors file.
        backbone: any timm model; None for the one that the weights were trained on.
        backbone_weights: local checkpoint of the backbone, or "hub"; None when the weights hold it.
        input_size: longer side in px at which the network sees an image; None sees it as it is.
        batch_size: images per forward pass; halved on its own when memory runs out.
        mutual_images: other images of the lot, at most, that each image is compared with (batch mutual scoring, for
            lots of one layer); 0: a score never depends on the images beside it.
        mutual_weight: weight of that comparison in the fused logit; not calibrated.
    """

    method: Method = "ic_defectncd"
    evidence: tuple[EvidenceSource, ...] = ("matching", "coarse_matching", "residual", "lattice")
    weights: str = "default"
    backbone: str | None = None
    backbone_weights: str | None = None
    input_size: int | None = Field(default=None, ge=64, le=2048)
    batch_size: int = Field(default=4, ge=1, le=256)
    mutual_images: int = Field(default=0, ge=0, le=64)
    mutual_weight: float = Field(default=0.5, ge=0, le=10)

    @field_validator("evidence")
    @classmethod
    def _a_set(cls, value: tuple[EvidenceSource, ...]) -> tuple[EvidenceSource, ...]:
        if not value or len(set(value)) < len(value):
            raise ValueError("name at least one source of evidence, each once")
        if {"residual", "prototypes"} <= set(value):
            raise ValueError("residual and prototypes are two readings of one head; choose one")
        return value


class SegmentationOptions(_Options):
    """How a score map becomes a mask.

    Attributes:
        rule: "component_tree" survives clean images; "plateau" is IC-DefectNCD's own rule, "mebin" AnomalyNCD's.
        floor: map value below which nothing is defective; None for the weights' calibration.
        min_area_px: smaller regions are dropped.
        min_area_nm2: so are regions that are smaller on the wafer, where the pixel size is known; None for no limit.
        border_px: margin in which nothing is marked; map and image score reach to the edge.
    """

    rule: Literal["component_tree", "plateau", "mebin"] = "component_tree"
    floor: float | None = None
    min_area_px: int = Field(default=9, ge=1)
    min_area_nm2: float | None = Field(default=None, gt=0)
    border_px: int = Field(default=2, ge=0, le=256)


class Thresholds(_Options):
    """Two cuts on the image score: below `unknown_at` OK, from `ng_at` NG, between them Unknown.

    None takes the weights' own calibration.
    """

    unknown_at: float | None = None
    ng_at: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "Thresholds":
        if self.unknown_at is not None and self.ng_at is not None and self.unknown_at > self.ng_at:
            raise ValueError("unknown_at must not exceed ng_at")
        return self


class ReferenceOptions(_Options):
    """How an image that has a reference is compared with it.

    Attributes:
        mode: "auto" compares where there is a trusted reference; "off" never does.
        motion: "shift" for stages that only shift; "turn" also finds a small rotation and scale.
        thresholds: cuts on the score of a comparison, as `Thresholds` are on that of a single image.
        floor: of a comparison's map; None for the calibration of the change weights.
    """

    mode: Literal["auto", "off"] = "auto"
    motion: Literal["shift", "turn"] = "shift"
    thresholds: Thresholds = Thresholds()
    floor: float | None = None


class TrainingOptions(_Options):
    """How `residua train detector` teaches the NI head what is normal on a product's own images.

    Attributes:
        normal_tokens, attention_heads, groups: the head's normal tokens, the heads of its attentions, and the groups
            in which layers are compared; None for those of the weights that it goes on from.
        coherence: λ, weight of the coherence loss against the reconstruction.
        alpha: weight of the pseudo-defects within the coherence loss.
        gamma: how strongly the gradient is drawn to what is hard to rebuild; 0 leaves it alone.
        rate: peak learning rate.
        steps: of the optimiser.
        batch: crops a step; two or more, because pseudo-defects are taken from the other crops.
        crop: their side in px; shrinks to what the smallest image allows.
        held_back: share of the images that is calibrated on and never trained on; of up to 16 images it is one half
            of each.
        seed: of the split, the crops, the pseudo-defects and a new head.
    """

    normal_tokens: int | None = Field(default=None, ge=1, le=64)
    attention_heads: int | None = Field(default=None, ge=1, le=64)
    groups: int | None = Field(default=None, ge=1, le=32)
    coherence: float = Field(default=0.2, ge=0)
    alpha: float = Field(default=1.0, ge=0)
    gamma: float = Field(default=3.0, ge=0)
    rate: float = Field(default=1e-3, gt=0, le=1)
    steps: int = Field(default=400, ge=1)
    batch: int = Field(default=8, ge=2, le=1024)
    crop: int = Field(default=288, ge=64, le=1024)
    held_back: float = Field(default=0.2, gt=0, le=0.5)
    seed: int = Field(default=1, ge=0, lt=2**31)


_DECIDING = {
    "detector",
    "segmentation",
    "thresholds",
    "reference",
}  # the batch size is a matter of memory alone


class Recipe(_Options):
    """Everything that decides a result, under one name and version."""

    name: str = Field(default="default", min_length=1, max_length=120)
    version: int = Field(default=1, ge=1)
    detector: DetectorOptions = DetectorOptions()
    segmentation: SegmentationOptions = SegmentationOptions()
    thresholds: Thresholds = Thresholds()
    training: TrainingOptions = TrainingOptions()
    discovery: DiscoveryOptions = DiscoveryOptions()
    reference: ReferenceOptions = ReferenceOptions()

    @property
    def sha256(self) -> str:
        """Fingerprint of what decides a measurement: SHA-256 of its canonical JSON (sorted keys, no spaces).

        Recipes that measure alike have the same one, whatever they are called and however they train. Histories
        begun before hold older ones, of a recipe's whole JSON; a run keeps that JSON, so both can be computed again.
        """
        deciding = self.model_dump(mode="json", include=_DECIDING, exclude={"detector": {"batch_size"}})
        text = json.dumps(deciding, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises:
        UserError: the file cannot be read, is no JSON, or has unknown or wrong values.
    """
    try:
        return Recipe.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UserError(f"The recipe {path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UserError(f"The recipe {path.name} is not valid: {place}: {first['msg']}.") from error


def write_recipe(path: Path, recipe: Recipe) -> None:
    """Write a recipe file, every key spelled out.

    Raises:
        UserError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(recipe.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The recipe cannot be written to {path}: {error.strerror}.", "Choose another --out file."
        ) from error
