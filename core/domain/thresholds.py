"""Thresholds that are proposed from defect-free images, and what they would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.detections import ModelVerdict
from core.domain.recipes import Recipe


class ThresholdSource(StrEnum):
    """Which images thresholds come from."""

    DECIDED = "decided"  # those of the open lot that an engineer found to show no defect
    FOLDER = "folder"  # those of a folder, presumed defect-free
    WEIGHTS = "weights"  # none: the calibration that came with the weights


@dataclass(frozen=True, slots=True)
class VerdictChanges:
    """What other thresholds would make of a lot's stored scores.

    Attributes:
        compared: images with a score of the same detector.
        not_comparable: images that another detector measured or that were compared with a reference: their scores
            mean something else.
        moves: how many of those compared would go from one verdict to another.
    """

    compared: int = 0
    not_comparable: int = 0
    moves: Mapping[tuple[ModelVerdict, ModelVerdict], int] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Images with another verdict than now."""
        return sum(self.moves.values())


@dataclass(frozen=True, slots=True)
class ThresholdProposal:
    """Thresholds to be looked at before they are used.

    Attributes:
        recipe: with the thresholds proposed, one version higher than the one in use.
        now, then: (unknown_at, ng_at) in force, and as proposed.
        scores: of the defect-free images; empty where none were measured.
        suspects: names of those that are NG by the new thresholds: they may have a defect after all.
        skipped: images that could not be used.
    """

    recipe: Recipe
    now: tuple[float, float]
    then: tuple[float, float]
    scores: tuple[float, ...]
    suspects: tuple[str, ...]
    skipped: int
    changes: VerdictChanges
