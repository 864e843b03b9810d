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
        steps, batch, rate: of what learns where defects are: with CLIP a judge of places, else the detector's decoder,
            whose batches are of images and whose steps are five a shot at most; None takes what suits it.
        held_back: share of each class' shots that is calibrated on, with CLIP; of fewer than five none is.
        seed: of everything.
    """

    clip: str | None = None
    clip_weights: str | None = None
    prompts: Path | None = None
    weights: str = "default"
    side: int | None = None
    input_size: int | None = None
    steps: int | None = None
    batch: int | None = None
    rate: float | None = None
    held_back: float = 0.2
    seed: int = 1

    @property
    def pace(self) -> "Pace":
        """What it learns by."""
        usual = _OWN if self.clip is None else _WITH_CLIP
        return Pace(self.steps or usual.steps, self.batch or usual.batch, self.rate or usual.rate)


@dataclass(frozen=True, slots=True)
class Pace:
    """Steps of an optimiser, samples a step, and the highest learning rate."""

    steps: int
    batch: int
    rate: float


_WITH_CLIP = Pace(steps=1000, batch=2048, rate=3e-3)
_OWN = Pace(steps=240, batch=4, rate=1e-3)
