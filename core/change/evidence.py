"""What speaks of a change, and its fusion to one logit."""

import cv2
import numpy as np
import torch

from core.change.cadnet.network import CADNet
from core.change.cadnet.predicting import predict_logits
from core.change.card import ChangeSource
from core.change.difference import registered_difference
from core.domain.arrays import FloatArray, GrayImage
from core.networks.preprocess import standardise

ChangeEvidence = dict[ChangeSource, FloatArray]
"""(H, W) of each source."""

_SMOOTHING_PX = 2.0
"""Slivers along edges that were drawn anew weigh less than defects; of 1, 1.5, 2 and 2.5 best on generated pairs."""


def read_change_evidence(
    test: GrayImage, warped: FloatArray, network: CADNet | None, device: torch.device
) -> ChangeEvidence:
    """All evidence of a registered pair.

    Args:
        test: (H, W) native.
        warped: (H, W) in [0, 1], the reference as the test sees it; NaN where there is none.
        network: None where the difference speaks alone.
        device: where the network computes.
    """
    evidence: ChangeEvidence = {"difference": difference_evidence(test, warped)}
    if network is not None:
        evidence["network"] = network_evidence(test, warped, network, device)
    return evidence


def difference_evidence(test: GrayImage, warped: FloatArray) -> FloatArray:
    """(H, W) log1p of the smoothed registered difference; 0 where nothing changed or nothing is known."""
    unit = test.astype(np.float32) / np.float32(np.iinfo(test.dtype).max)
    difference = np.abs(registered_difference(unit, warped))
    evidence: FloatArray = np.log1p(cv2.GaussianBlur(difference, (0, 0), _SMOOTHING_PX))
    return evidence


def network_evidence(
    test: GrayImage, warped: FloatArray, network: CADNet, device: torch.device
) -> FloatArray:
    """(H, W) logit of CADNet that a place has changed, in whatever class."""
    full_scale = float(np.iinfo(test.dtype).max)
    filled = np.where(np.isfinite(warped), warped * full_scale, test)
    reference: GrayImage = np.clip(np.rint(filled), 0, full_scale).astype(test.dtype)  # type: ignore[assignment]
    logits = predict_logits(network, standardise(test)[None], standardise(reference)[None], device)
    # Log-odds of any change, whatever its class.
    evidence: FloatArray = (logits[1:].logsumexp(dim=0) - logits[0]).cpu().numpy()
    return evidence
