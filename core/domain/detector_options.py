"""The recipe's section on the detector: which methods there are, and what each of them reads."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

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

Method = Literal["ic_defectncd", "sem_clip", InImageMethod, LearnedMethod]
"""Detectors by name; sem_clip learns from a few labelled images a class and names what it finds."""

OURS: list[JsonValue] = ["ic_defectncd"]
_WITH_BACKBONE_FILES: list[JsonValue] = ["ic_defectncd", "sem_clip"]
_WITH_WEIGHTS: list[JsonValue] = [name for name in get_args(Method) if name not in get_args(InImageMethod)]
CALIBRATED = "calibration of the weights"
THEIR_OWN = "that of the weights"


class Options(BaseModel):
    """A section of a recipe: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DetectorOptions(Options):
    """Which detector scores the images.

    Attributes:
        method: name of the detector; one of LearnedMethod needs `weights` that `residua train vad` made, sem_clip
            those of `residua train fewshot`.
        evidence: sources that are fused (ic_defectncd only); at most one of residual and prototypes.
        weights: "default" for the shipped weights, or the path of a safetensors file.
        backbone: any timm model; None for the one that the weights were trained on.
        backbone_weights: local checkpoint of the backbone (of CLIP for sem_clip), or "hub"; None when the weights hold
            it.
        input_size: longer side in px at which the network sees an image; None sees it as it is.
        batch_size: images per forward pass; halved on its own when memory runs out.
        mutual_images: other images of the lot, at most, that each image is compared with (batch mutual scoring, for
            lots of one layer); 0: a score never depends on the images beside it.
        mutual_weight: weight of that comparison in the fused logit; not calibrated.
    """

    method: Method = Field(default="ic_defectncd", title="Method")
    evidence: tuple[EvidenceSource, ...] = Field(
        default=("matching", "coarse_matching", "residual", "lattice"),
        title="Evidence",
        json_schema_extra={"methods": OURS},
    )
    weights: str = Field(default="default", title="Weights", json_schema_extra={"methods": _WITH_WEIGHTS})
    backbone: str | None = Field(
        default=None, title="Backbone", json_schema_extra={"methods": _WITH_WEIGHTS, "unset": THEIR_OWN}
    )
    backbone_weights: str | None = Field(
        default=None,
        title="Backbone weights",
        json_schema_extra={"methods": _WITH_BACKBONE_FILES, "unset": THEIR_OWN},
    )
    input_size: int | None = Field(
        default=None,
        ge=64,
        le=2048,
        title="Input size",
        json_schema_extra={"unit": "px", "methods": OURS, "unset": "as it is"},
    )
    batch_size: int = Field(default=4, ge=1, le=256, title="Batch size", json_schema_extra={"unit": "images"})
    mutual_images: int = Field(
        default=0,
        ge=0,
        le=64,
        title="Mutual images",
        json_schema_extra={"unit": "images", "methods": OURS},
    )
    mutual_weight: float = Field(
        default=0.5, ge=0, le=10, title="Mutual weight", json_schema_extra={"methods": OURS}
    )

    @field_validator("evidence")
    @classmethod
    def _a_set(cls, value: tuple[EvidenceSource, ...]) -> tuple[EvidenceSource, ...]:
        if not value or len(set(value)) < len(value):
            raise ValueError("name at least one source of evidence, each once")
        if {"residual", "prototypes"} <= set(value):
            raise ValueError("residual and prototypes are two readings of one head; choose one")
        return value
