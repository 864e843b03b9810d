"""What a lot's decisions can teach, and what was made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.recipes import Recipe


@dataclass(frozen=True, slots=True)
class ShotSupply:
    """Decided images of one class.

    Attributes:
        label: name of the class; `normal` for images that were decided to show no defect.
        images: how many different ones there are.
        masked: those of them on which the last detection marked something.
    """

    label: str
    images: int
    masked: int


@dataclass(frozen=True, slots=True)
class FewShotProposal:
    """A trained model, not in use yet.

    Attributes:
        recipe: measures with it.
        shots: how many images of each class it learned from.
        skipped: images that could not be used.
        text: "on…", or why no texts are read.
    """

    recipe: Recipe
    shots: Mapping[str, int] = field(default_factory=dict)
    skipped: int = 0
    text: str = ""
