"""The change detector: a test and its reference to a score map, or the word that the reference is none."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.change.card import ChangeCalibration, ChangeCard, read_change_card
from core.change.difference import registered_difference
from core.change.registration import Motion, register, warp_reference
from core.domain.alignment import Alignment
from core.domain.arrays import FloatArray, GrayImage
from core.domain.maps import ScoreMap
from core.networks.image_score import to_score_map
from core.networks.weights_file import file_sha256

_SMOOTHING_PX = 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """One pair.

    Attributes:
        alignment: how the test lies on the reference.
        score_map: of the test; None where the reference is not trusted.
    """

    alignment: Alignment
    score_map: ScoreMap | None


class ChangeDetector:
    """Compares pairs.

    Args:
        card: of the weights.
        sha256: of the weights file.
        motion: what the registration looks for.
    """

    def __init__(self, card: ChangeCard, sha256: str, motion: Motion = "shift") -> None:
        self._card, self._motion = card, motion
        self.sha256 = sha256

    @classmethod
    def from_file(cls, path: Path, motion: Motion = "shift") -> "ChangeDetector":
        """Load a weights file.

        Raises:
            UserError: it is missing, damaged or no change detector.
        """
        return cls(read_change_card(path), file_sha256(path), motion)

    @property
    def model_id(self) -> str:
        """Short name that runs and reports show."""
        return self._card.model_id

    @property
    def calibration(self) -> ChangeCalibration:
        """Thresholds and scales."""
        return self._card.calibration

    def compare(self, test: GrayImage, reference: GrayImage) -> Comparison:
        """Register, then score what has changed.

        Args:
            test: (H, W) native.
            reference: (H', W') native; may be shifted and of another size.

        Returns:
            Map values and score in [0, 1]; places that the reference does not show have no evidence.
        """
        alignment = register(test, reference, self._motion)
        if not alignment.is_trusted:
            return Comparison(alignment, None)
        evidence = difference_evidence(test, warp_reference(reference, alignment, _size_of(test)))
        scalars = self._card.calibration
        return Comparison(alignment, fuse(evidence, scalars.bias, scalars.difference))


def difference_evidence(test: GrayImage, warped: FloatArray) -> FloatArray:
    """(H, W) log1p of the smoothed registered difference; 0 where nothing changed or nothing is known.

    Args:
        test: (H, W) native.
        warped: (H, W) in [0, 1], NaN where there is no reference.
    """
    unit = test.astype(np.float32) / np.float32(np.iinfo(test.dtype).max)
    difference = np.abs(registered_difference(unit, warped))
    evidence: FloatArray = np.log1p(cv2.GaussianBlur(difference, (0, 0), _SMOOTHING_PX))
    return evidence


def fuse(evidence: FloatArray, bias: float, weight: float) -> ScoreMap:
    """Calibrated map and score of an image's evidence."""
    return to_score_map(np.float32(bias) + np.float32(weight) * evidence, evidence.shape)


def _size_of(image: GrayImage) -> tuple[int, int]:
    return image.shape[0], image.shape[1]
