"""Two recipes on one lot: which images they judge differently."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.detections import ModelVerdict
from core.domain.ids import ImageId, LotId
from core.domain.lots import ImageRecord
from core.domain.recipe_library import VersionId

Move = tuple[ModelVerdict, ModelVerdict]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one recipe says of an image.

    Attributes:
        mask_png: its (H, W) mask as a PNG.
        class_name: the defect class that it suggests; empty where it knows of none.
    """

    verdict: ModelVerdict
    score: float
    mask_png: bytes
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class Flip:
    """An image that the two recipes judge differently."""

    image_id: ImageId
    record: ImageRecord
    before: Opinion
    after: Opinion

    @property
    def move(self) -> Move:
        """From which verdict to which."""
        return self.before.verdict, self.after.verdict


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The outcome of a comparison of two recipes.

    Attributes:
        before, after: the two, A and B on the screen.
        counts: images by the two verdicts, those that agree too.
        failed: images that one of the two could not measure.
        reused: results that stored runs of the same recipe and weights had already.
        flips: images that get another verdict, or the same one and another class, in lot order.
    """

    lot_id: LotId
    before: VersionId
    after: VersionId
    counts: Mapping[Move, int] = field(default_factory=dict)
    failed: int = 0
    reused: int = 0
    flips: tuple[Flip, ...] = ()

    @property
    def compared(self) -> int:
        """Images with two verdicts."""
        return sum(self.counts.values())

    @property
    def flipped(self) -> int:
        """Images that get another verdict."""
        return sum(count for (before, after), count in self.counts.items() if before is not after)

    @property
    def renamed(self) -> int:
        """Images that keep their verdict and get another class."""
        return sum(flip.before.verdict is flip.after.verdict for flip in self.flips)
