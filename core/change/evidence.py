"""What speaks of a change, and its fusion to one logit."""

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from core.change.cadnet.encoder import STRIDE
from core.change.cadnet.network import CADNet
from core.change.card import ChangeSource
from core.change.difference import registered_difference
from core.domain.arrays import FloatArray, GrayImage
from core.networks.device import reduced_precision
from core.networks.preprocess import pad_to_multiple, standardise

ChangeEvidence = dict[ChangeSource, FloatArray]
"""(H, W) of each source."""

_SMOOTHING_PX = 1.0


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
    with torch.inference_mode(), reduced_precision(device):
        images = [torch.from_numpy(standardise(image))[None, None].to(device) for image in (test, reference)]
        padded = [pad_to_multiple(image, STRIDE) for image in images]
        logits, _ = network(padded[0], padded[1])
        full = F.interpolate(
            _changed(logits.float()), size=padded[0].shape[-2:], mode="bilinear", align_corners=False
        )
    evidence: FloatArray = full[0, 0, : test.shape[0], : test.shape[1]].cpu().numpy()
    return evidence


def _changed(logits: Tensor) -> Tensor:
    """(B, 1 + C, h, w) to (B, 1, h, w): log-odds of any change."""
    return logits[:, 1:].logsumexp(dim=1, keepdim=True) - logits[:, :1]
