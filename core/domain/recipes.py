"""Recipes: how a lot is measured. Frozen, versioned JSON with a fingerprint; unknown keys are refused."""

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import (
    Field,
    ValidationError,
    model_validator,
)

from core.domain.detector_options import (
    CALIBRATED,
    OURS,
    THEIR_OWN,
    DetectorOptions,
    EvidenceSource,
    InImageMethod,
    LearnedMethod,
    Method,
    Options,
)
from core.domain.discovery_options import DiscoveryOptions
from core.domain.errors import UserError
from core.domain.lengths import RECIPE_NAME_LENGTH

__all__ = [
    "DetectorOptions",
    "EvidenceSource",
    "InImageMethod",
    "LearnedMethod",
    "Method",
    "Recipe",
    "ReferenceOptions",
    "SegmentationOptions",
    "Thresholds",
    "TrainingOptions",
    "read_recipe",
    "write_recipe",
]


class SegmentationOptions(Options):
    """How a score map becomes a mask.

    Attributes:
        rule: "component_tree" survives clean images; "plateau" is IC-DefectNCD's own rule, "mebin" AnomalyNCD's.
        floor: map value below which nothing is defective; None for the weights' calibration.
        min_area_px: smaller regions are dropped.
        min_area_nm2: so are regions that are smaller on the wafer, where the pixel size is known; None for no limit.
        border_px: margin in which nothing is marked; map and image score reach to the edge.
    """

    rule: Literal["component_tree", "plateau", "mebin"] = Field(default="component_tree", title="Rule")
    floor: float | None = Field(default=None, title="Floor", json_schema_extra={"unset": CALIBRATED})
    min_area_px: int = Field(default=9, ge=1, title="Least area", json_schema_extra={"unit": "px"})
    min_area_nm2: float | None = Field(
        default=None,
        gt=0,
        title="Least area on the wafer",
        json_schema_extra={"unit": "nm²", "unset": "no limit"},
    )
    border_px: int = Field(default=2, ge=0, le=256, title="Border", json_schema_extra={"unit": "px"})


class Thresholds(Options):
    """Two cuts on the image score: below `unknown_at` OK, from `ng_at` NG, between them Unknown.

    Attributes:
        unknown_at: image score from which an image is Unknown; None for the weights' own calibration.
        ng_at: image score from which it is NG; None for the weights' own calibration.
    """

    unknown_at: float | None = Field(
        default=None, title="Unknown from", json_schema_extra={"unset": CALIBRATED}
    )
    ng_at: float | None = Field(default=None, title="NG from", json_schema_extra={"unset": CALIBRATED})

    @model_validator(mode="after")
    def _ordered(self) -> "Thresholds":
        if self.unknown_at is not None and self.ng_at is not None and self.unknown_at > self.ng_at:
            raise ValueError("unknown_at must not exceed ng_at")
        return self


class ReferenceOptions(Options):
    """How an image that has a reference is compared with it.

    Attributes:
        mode: "auto" compares where there is a trusted reference; "off" never does.
        motion: "shift" for stages that only shift; "turn" also finds a small rotation and scale.
        thresholds: cuts on the score of a comparison, as `Thresholds` are on that of a single image.
        floor: of a comparison's map; None for the calibration of the change weights.
    """

    mode: Literal["auto", "off"] = Field(default="auto", title="Comparison")
    motion: Literal["shift", "turn"] = Field(default="shift", title="Motion of the stage")
    thresholds: Thresholds = Field(default=Thresholds(), title="Thresholds")
    floor: float | None = Field(
        default=None, title="Floor", json_schema_extra={"unset": "calibration of the change weights"}
    )


class TrainingOptions(Options):
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

    normal_tokens: int | None = Field(
        default=None, ge=1, le=64, title="Normal tokens", json_schema_extra={"unset": THEIR_OWN}
    )
    attention_heads: int | None = Field(
        default=None, ge=1, le=64, title="Attention heads", json_schema_extra={"unset": THEIR_OWN}
    )
    groups: int | None = Field(
        default=None, ge=1, le=32, title="Groups of layers", json_schema_extra={"unset": THEIR_OWN}
    )
    coherence: float = Field(default=0.2, ge=0, title="Coherence λ")
    alpha: float = Field(default=1.0, ge=0, title="Pseudo-defects α")
    gamma: float = Field(default=3.0, ge=0, title="Hard places γ")
    rate: float = Field(default=1e-3, gt=0, le=1, title="Learning rate")
    steps: int = Field(default=400, ge=1, title="Steps")
    batch: int = Field(default=8, ge=2, le=1024, title="Batch", json_schema_extra={"unit": "crops"})
    crop: int = Field(default=288, ge=64, le=1024, title="Crop", json_schema_extra={"unit": "px"})
    held_back: float = Field(
        default=0.2, gt=0, le=0.5, title="Held back", json_schema_extra={"unit": "of the images"}
    )
    seed: int = Field(default=1, ge=0, lt=2**31, title="Seed")


_DECIDING = {
    "detector",
    "segmentation",
    "thresholds",
    "reference",
}  # the batch size is a matter of memory alone


class Recipe(Options):
    """Everything that decides a result, under one name and version."""

    name: str = Field(default="default", min_length=1, max_length=RECIPE_NAME_LENGTH)
    version: int = Field(default=1, ge=1)
    detector: DetectorOptions = Field(default=DetectorOptions(), title="Detector")
    segmentation: SegmentationOptions = Field(default=SegmentationOptions(), title="Mask")
    thresholds: Thresholds = Field(default=Thresholds(), title="Thresholds")
    training: TrainingOptions = Field(
        default=TrainingOptions(), title="Training", json_schema_extra={"methods": OURS}
    )
    discovery: DiscoveryOptions = Field(default=DiscoveryOptions(), title="Discovery")
    reference: ReferenceOptions = Field(default=ReferenceOptions(), title="References")

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
