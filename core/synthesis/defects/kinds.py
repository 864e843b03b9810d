"""What a defect kind is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from core.synthesis.layout import Layout
from core.synthesis.randomness import Rng

# Changes a layout at a random place, at about the given size (px); None if no place fits.
DefectMaker: TypeAlias = Callable[[Layout, Rng, float], Layout | None]


@dataclass(frozen=True, slots=True)
class DefectKind:
    """A kind of defect.

    Attributes:
        name: identifier used as the label.
        processes: where it occurs: "beol", "dep", "dpr".
        description: one sentence.
        needs: traits of a family, one of which must be there; empty means anywhere.
        size_px: smallest and largest size drawn.
        make: changes a layout.
        held_out: kept from training, for evaluation.
    """

    name: str
    processes: frozenset[str]
    description: str
    needs: frozenset[str]
    size_px: tuple[float, float]
    make: DefectMaker
    held_out: bool = False

    def fits(self, process: str, traits: frozenset[str]) -> bool:
        """Whether the kind can occur on a family of this process with these traits."""
        return process in self.processes and (not self.needs or bool(self.needs & traits))
