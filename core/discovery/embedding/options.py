"""Which embedding describes the crops."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class EmbeddingOptions(BaseModel):
    """Which embedding describes the crops.

    Attributes:
        method: "smg_vit" is the trained embedding; "raw" the features of a frozen backbone, pooled inside and around
            the defect.
        weights: "default" for the shipped ones, or a weights file of Residua's: for "smg_vit" an embedding, for "raw" a
            detector. Where a backbone of timm's is named: its safetensors file or "hub".
        backbone: timm's name of a backbone, for "smg_vit" of a ViT with a class token; None for our own.
        side: to which crops are resized, in px; weights of an embedding have their own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["smg_vit", "raw"] = "smg_vit"
    weights: str = "default"
    backbone: str | None = None
    side: int = Field(default=128, ge=32, le=1024)
