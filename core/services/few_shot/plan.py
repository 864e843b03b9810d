"""How a few-shot model is trained."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FewShotPlan:
    """Settings of a training.

    Attributes:
        clip: open_clip's name of a ViT; None stands on the project's own encoder, without texts.
        clip_weights: a .safetensors file, or "hub".
        prompts: YAML with what the text encoder is told; None for the shipped one.
        weights: of the detector whose encoder and map the own network starts from.
        side: of CLIP's input in px; None for the model's own.
        input_size: longer side in px at which the own network sees an image; None sees it as it is.
        steps, batch, rate: of the judge of places.
        held_back: share of each class' shots that is calibrated on; of fewer than five none is.
        seed: of everything.
    """

    clip: str | None = None
    clip_weights: str | None = None
    prompts: Path | None = None
    weights: str = "default"
    side: int | None = None
    input_size: int | None = None
    steps: int = 1000
    batch: int = 2048
    rate: float = 3e-3
    held_back: float = 0.2
    seed: int = 1
