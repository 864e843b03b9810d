"""The labelled images that a few-shot model learns from."""

from dataclasses import dataclass

from core.domain.arrays import BoolArray, FloatArray
from core.domain.discovery import DEFECT_FREE


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One labelled image.

    Attributes:
        name: of the image.
        pixels: (H, W) float32 standardised, at the size in which the network sees it.
        label: its class, DEFECT_FREE where there is no defect.
        mask: (H, W) bool; None where nobody drew one: such a shot teaches the class alone.
        guide: (H, W) float32 logit map of a detector; None where the network needs none.
    """

    name: str
    pixels: FloatArray
    label: str
    mask: BoolArray | None
    guide: FloatArray | None = None

    @property
    def is_normal(self) -> bool:
        """Whether it is defect-free."""
        return self.label == DEFECT_FREE

    @property
    def teaches_places(self) -> bool:
        """Whether the segmentation can learn from it."""
        return self.is_normal or self.mask is not None
