"""What every detector offers, whatever its method."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.domain.arrays import GrayImage
from core.domain.maps import ScoreMap


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which weights gave a score: the name that people read, and the hash that proves it."""

    model_id: str
    sha256: str


class Calibrated(Protocol):
    """Cuts that weights bring along."""

    @property
    def unknown_at(self) -> float:
        """From here an image is Unknown."""
        ...

    @property
    def ng_at(self) -> float:
        """From here it is NG."""
        ...

    @property
    def floor(self) -> float:
        """From here a pixel may be called defective."""
        ...


class Detector(Protocol):
    """Scores images; not thread-safe, owned by the job that made it."""

    @property
    def identity(self) -> ModelIdentity:
        """Of the weights."""
        ...

    @property
    def calibration(self) -> Calibrated:
        """Cuts and floor of the weights."""
        ...

    @property
    def device_text(self) -> str:
        """Where it computes, in words."""
        ...

    def meet(self, images: Sequence[GrayImage], /) -> None:
        """Learn of other images of the lot; called before scoring, only if the recipe asks for mutual scoring.

        Raises:
            UserError: this detector judges each image alone.
        """
        ...

    def score_images(
        self, images: Sequence[GrayImage], check: Callable[[], None] = lambda: None
    ) -> list[ScoreMap]:
        """Score maps of specimen areas (no info bar), in order; each of its image alone, unless `meet` was called.

        Args:
            images: (H, W) native each, of any sizes.
            check: called between forward passes; may raise to stop.
        """
        ...
