"""Recipes: how a lot is measured. Frozen, versioned JSON with a fingerprint; unknown keys are refused."""

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.domain.errors import UserError


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DetectorOptions(_Options):
    """Which detector scores the images.

    Attributes:
        method: name in the detector registry.
        weights: "default" for the shipped weights, or the path of a safetensors file.
        backbone: any timm model; None for the one that the weights were trained on.
        backbone_weights: local checkpoint of the backbone, or "hub"; None when the weights hold it.
        input_size: longer side in px at which the network sees an image; None sees it as it is.
        batch_size: images per forward pass; halved on its own when memory runs out.
    """

    method: Literal["ic_defectncd"] = "ic_defectncd"
    weights: str = "default"
    backbone: str | None = None
    backbone_weights: str | None = None
    input_size: int | None = Field(default=None, ge=64, le=2048)
    batch_size: int = Field(default=4, ge=1, le=256)


class SegmentationOptions(_Options):
    """How a score map becomes a mask.

    Attributes:
        rule: "component_tree" survives clean images; "plateau" is IC-DefectNCD's own rule.
        floor: map value below which nothing is defective (component_tree); None for the weights' calibration.
        min_area_px: smaller regions are dropped.
        border_px: margin in which nothing is called defective.
    """

    rule: Literal["component_tree", "plateau"] = "component_tree"
    floor: float | None = None
    min_area_px: int = Field(default=9, ge=1)
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


class Recipe(_Options):
    """Everything that decides a result, under one name and version."""

    name: str = Field(default="default", min_length=1, max_length=120)
    version: int = Field(default=1, ge=1)
    detector: DetectorOptions = DetectorOptions()
    segmentation: SegmentationOptions = SegmentationOptions()
    thresholds: Thresholds = Thresholds()

    @property
    def sha256(self) -> str:
        """Fingerprint: SHA-256 of the canonical JSON (sorted keys, no spaces)."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
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
