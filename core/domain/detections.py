"""What the machine says of one image."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.alignment import Alignment
from core.domain.discovery import DEFECT_FREE
from core.domain.maps import ClassGuess, Region


class ModelVerdict(StrEnum):
    """The model's word on an image; UNKNOWN is a valid result and asks for a human."""

    OK = "ok"
    UNKNOWN = "unknown"
    NG = "ng"


@dataclass(frozen=True, slots=True)
class Detection:
    """Result of one image in one run; either measured, or failed with a reason.

    Attributes:
        image_name: the ImageRecord's (or FailedImage's) name.
        score: image score; None when the image failed.
        verdict: None when the image failed.
        threshold: the NG threshold in force.
        regions: most anomalous first.
        area_px: defective pixels in all.
        error: empty, or why there is no result.
        unknown_at: the lower threshold in force, below which an image is OK; None where it was not kept.
        reference: path of the image that it was compared with; empty where there is none or it could not be read.
        alignment: how it lies on that reference; not trusted where the detector without a reference took over.
        guess: the class that the detector takes it for; None where it knows of no classes.
    """

    image_name: str
    threshold: float
    score: float | None = None
    verdict: ModelVerdict | None = None
    regions: tuple[Region, ...] = ()
    area_px: int = 0
    error: str = ""
    unknown_at: float | None = None
    reference: str = ""
    alignment: Alignment | None = None
    guess: ClassGuess | None = None

    @property
    def suggestion(self) -> ClassGuess | None:
        """The defect class that the detector suggests; None where it knows of none or sees no defect."""
        return None if self.guess is None or self.guess.name == DEFECT_FREE else self.guess

    @property
    def distance_to_cut(self) -> float | None:
        """How far the score lies from the nearer of the two thresholds; None where there is no score."""
        if self.score is None:
            return None
        cuts = (self.threshold, self.threshold if self.unknown_at is None else self.unknown_at)
        return min(abs(self.score - cut) for cut in cuts)
