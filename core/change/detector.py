"""The change detector: a test and its reference to a score map, or the word that the reference is none."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from core.change.cadnet.network import CADNet
from core.change.card import (
    ChangeCalibration,
    ChangeCard,
    ChangeSource,
    read_change_card,
    read_change_network,
)
from core.change.evidence import ChangeEvidence, read_change_evidence
from core.change.registration import Motion, place_by_hand, register, warp_reference
from core.domain.alignment import Alignment
from core.domain.arrays import FloatArray, GrayImage
from core.domain.maps import ScoreMap
from core.networks.image_score import to_score_map
from core.networks.weights_file import file_sha256


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
        network: of the weights file, in eval mode; None where the registered difference speaks alone.
        device: where the network computes.
        motion: what the registration looks for.
    """

    def __init__(
        self,
        card: ChangeCard,
        sha256: str,
        network: CADNet | None = None,
        device: torch.device | None = None,
        motion: Motion = "shift",
    ) -> None:
        self._card, self._motion = card, motion
        self._device = device or torch.device("cpu")
        self._network = None if network is None else network.to(self._device)
        self.sha256 = sha256

    @classmethod
    def from_file(cls, path: Path, device: torch.device, motion: Motion = "shift") -> "ChangeDetector":
        """Load a weights file.

        Raises:
            UserError: it is missing, damaged or no change detector.
        """
        card = read_change_card(path)
        return cls(card, file_sha256(path), read_change_network(path, card), device, motion)

    @property
    def model_id(self) -> str:
        """Short name that runs and reports show."""
        return self._card.model_id

    @property
    def calibration(self) -> ChangeCalibration:
        """Thresholds and scales."""
        return self._card.calibration

    def compare(
        self, test: GrayImage, reference: GrayImage, shift_xy: tuple[float, float] | None = None
    ) -> Comparison:
        """Register, then score what has changed.

        Args:
            test: (H, W) native.
            reference: (H', W') native; may be shifted and of another size.
            shift_xy: given by hand: content of the test lies this far right of and below where the reference shows it,
                px; None follows the registration.

        Returns:
            Map values and score in [0, 1]; places that the reference does not show have no evidence.
        """
        alignment = register(test, reference, self._motion)
        if shift_xy is not None:
            alignment = place_by_hand(test, reference, shift_xy, alignment)
        if not alignment.is_trusted:
            return Comparison(alignment, None)
        warped = warp_reference(reference, alignment, (test.shape[0], test.shape[1]))
        evidence = read_change_evidence(test, warped, self._network, self._device)
        calibration = self._card.calibration
        return Comparison(alignment, fuse(evidence, calibration.bias, calibration.weights))


def fuse(evidence: ChangeEvidence, bias: float, weights: dict[ChangeSource, float]) -> ScoreMap:
    """Calibrated map and score of an image's evidence; every weighted source must be there."""
    terms = np.stack([np.float32(weight) * evidence[source] for source, weight in weights.items()])
    logit: FloatArray = (np.float32(bias) + terms.sum(axis=0)).astype(np.float32)
    return to_score_map(logit, logit.shape)
