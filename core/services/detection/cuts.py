"""The numbers in force: a recipe's own, or else the weights' calibration."""

from dataclasses import dataclass

from core.domain.detections import ModelVerdict
from core.domain.detector import Calibrated, Detector
from core.domain.errors import UserError
from core.domain.recipes import Recipe, Thresholds


@dataclass(frozen=True, slots=True)
class Cuts:
    """Cuts on the image score, and the map's floor."""

    unknown_at: float
    ng_at: float
    floor: float


def cuts_of(recipe: Recipe, detector: Detector) -> Cuts:
    """Thresholds and floor of a recipe on a detector of single images.

    Raises:
        UserError: only one of the two thresholds is given and it contradicts the calibrated other one.
    """
    return cuts_in_force(recipe.thresholds, recipe.segmentation.floor, detector.calibration)


def cuts_in_force(given: Thresholds, floor: float | None, calibrated: Calibrated) -> Cuts:
    """What is given, and the calibration where nothing is.

    Raises:
        UserError: only one of the two thresholds is given and it contradicts the calibrated other one.
    """
    unknown_at = _given_or(given.unknown_at, calibrated.unknown_at)
    ng_at = _given_or(given.ng_at, calibrated.ng_at)
    if unknown_at > ng_at:
        raise UserError(
            f"The recipe's thresholds contradict each other: Unknown from {unknown_at:.3f}, NG from {ng_at:.3f}.",
            "Set both thresholds in the recipe.",
        )
    return Cuts(unknown_at, ng_at, _given_or(floor, calibrated.floor))


def judge(score: float, cuts: Cuts) -> ModelVerdict:
    """OK, Unknown or NG by the two cuts."""
    if score >= cuts.ng_at:
        return ModelVerdict.NG
    return ModelVerdict.UNKNOWN if score >= cuts.unknown_at else ModelVerdict.OK


def _given_or(given: float | None, calibrated: float) -> float:
    return calibrated if given is None else given
