"""Which embedding describes the crops."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class EmbeddingOptions(BaseModel):
    """Which embedding describes the crops.

    Attributes:
        method: "raw" is the features of a frozen backbone, pooled inside and around the defect.
        weights: "default" for the shipped ones, a weights file of Residua's, or, where a backbone of timm's is named,
            its safetensors file or "hub".
        backbone: timm's name of a backbone; None for our own.
        side: to which crops are resized, in px.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["raw"] = "raw"
    weights: str = "default"
    backbone: str | None = None
    side: int = Field(default=128, ge=32, le=1024)
