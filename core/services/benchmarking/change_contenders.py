"""What is compared on pairs: the shipped change detector, and what takes no training."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from core.change.card import ChangeSource, default_change_file, read_change_card
from core.change.detector import ChangeDetector, fuse
from core.change.evidence import ChangeEvidence, difference_evidence
from core.change.registration import register, warp_reference
from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.detections import ModelVerdict
from core.domain.recipes import Recipe
from core.networks.device import pick_device
from core.segmentation import segment
from core.services.detection.cuts import cuts_in_force, judge

Contender = Callable[[GrayImage, GrayImage], BoolArray]
"""(H, W) test and reference, native, to the mask of what changed."""

_DEVIATIONS = 4.0
_LEAST_DIFFERENCE = 0.08
_LEAST_LIKENESS = 0.4


def change_contenders(recipe: Recipe, device: str) -> Mapping[str, Contender]:
    """By name, ours first.

    Raises:
        UserError: the change weights or the device are not there.
    """
    detector = ChangeDetector.from_file(default_change_file(), pick_device(device), recipe.reference.motion)
    cuts = cuts_in_force(recipe.reference.thresholds, recipe.reference.floor, detector.calibration)

    def ours(test: GrayImage, reference: GrayImage) -> BoolArray:
        score_map = detector.compare(test, reference).score_map
        if score_map is None or judge(score_map.score, cuts) is ModelVerdict.OK:
            return np.zeros(test.shape, np.bool_)
        return segment(score_map, recipe.segmentation, floor=cuts.floor)[0].pixels

    return MappingProxyType(
        {
            "ours": ours,
            "difference, registered": lambda test, reference: _differ(test, _aligned(test, reference)),
            "difference": lambda test, reference: _differ(test, _unit(reference)),
            "SSIM, registered": lambda test, reference: _unlike(test, _aligned(test, reference)),
        }
    )


def panel_contenders() -> Mapping[str, Callable[[NDArray[np.uint8], NDArray[np.uint8]], NDArray[np.uint8]]]:
    """What takes no training, on (S, S, 3) panels that lie on each other: to (S, S), 1 where any channel changed.

    Raises:
        UserError: the change weights are not there.
    """
    calibration = read_change_card(default_change_file()).calibration

    def registered(test: GrayImage, reference: GrayImage) -> BoolArray:
        evidence: ChangeEvidence = {"difference": difference_evidence(test, _unit(reference))}
        weights: dict[ChangeSource, float] = {"difference": calibration.weights["difference"]}
        return fuse(evidence, calibration.bias, weights).values > calibration.floor

    return MappingProxyType(
        {
            "registered difference": partial(_any_channel, registered),
            "SSIM": partial(_any_channel, lambda test, reference: _unlike(test, _unit(reference))),
        }
    )


def _any_channel(
    contender: Contender, test: NDArray[np.uint8], reference: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    masks = [contender(test[..., channel], reference[..., channel]) for channel in range(test.shape[2])]
    changed: NDArray[np.uint8] = np.logical_or.reduce(masks).astype(np.uint8)
    return changed


def _unit(image: GrayImage) -> FloatArray:
    return image.astype(np.float32) / np.float32(np.iinfo(image.dtype).max)


def _aligned(test: GrayImage, reference: GrayImage) -> FloatArray:
    """The reference as the test sees it; where it does not reach, the test itself."""
    size = (test.shape[0], test.shape[1])
    warped = warp_reference(reference, register(test, reference), size)
    return np.where(np.isfinite(warped), warped, _unit(test)).astype(np.float32)


def _differ(test: GrayImage, reference: FloatArray) -> BoolArray:
    """Above four deviations of the difference, after an opening."""
    difference = np.abs(_unit(test) - reference)
    cut = max(float(difference.mean() + _DEVIATIONS * difference.std()), _LEAST_DIFFERENCE)
    return _opened(difference > cut)


def _unlike(test: GrayImage, reference: FloatArray) -> BoolArray:
    """Where the structural similarity falls under a fixed level, after an opening.

    Source:
        Wang et al. 2004: Gaussian windows of 1.5 px, K = 0.01 and 0.03.
    """
    first, second = _unit(test), reference
    mean_1, mean_2 = _local(first), _local(second)
    spread_1, spread_2 = _local(first * first) - mean_1**2, _local(second * second) - mean_2**2
    shared = _local(first * second) - mean_1 * mean_2
    likeness = ((2 * mean_1 * mean_2 + 1e-4) * (2 * shared + 9e-4)) / (
        (mean_1**2 + mean_2**2 + 1e-4) * (spread_1 + spread_2 + 9e-4)
    )
    return _opened(likeness < _LEAST_LIKENESS)


def _local(image: FloatArray) -> FloatArray:
    blurred: FloatArray = cv2.GaussianBlur(image, (0, 0), 1.5)
    return blurred


def _opened(mask: BoolArray) -> BoolArray:
    opened: BoolArray = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    return opened
