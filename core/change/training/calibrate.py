"""The scalars of a change detector, fitted on generated pairs whose truth is known."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from core.change.card import ChangeCalibration
from core.change.detector import difference_evidence, fuse
from core.change.registration import register, warp_reference
from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.networks.score_cuts import Binarize, fit_floor, thresholds_of_clean

_BACKGROUND_PIXELS = 600


@dataclass(frozen=True, slots=True)
class TruePair:
    """A pair and what changed.

    Attributes:
        test, reference: (H, W) native.
        mask: (H, W) bool on the test; all False where nothing changed.
    """

    test: GrayImage
    reference: GrayImage
    mask: BoolArray


def fit_calibration(pairs: Iterable[TruePair], binarize: Binarize, *, seed: int) -> ChangeCalibration:
    """Fit logit, floor and cuts; pairs that cannot be registered are left out, as in use.

    Args:
        pairs: all of one size, clean ones among them.
        binarize: the segmentation whose floor is sought.
        seed: of the pixels that are sampled.
    """
    evidence, masks = _observe(pairs)
    bias, weight = _fit_logit(evidence, masks, np.random.default_rng(seed))
    maps = [fuse(one, bias, weight) for one in evidence]
    clean = np.logical_not(masks.any(axis=(1, 2)))
    unknown_at, ng_at = thresholds_of_clean(np.array([one.score for one in maps])[clean])
    floor = fit_floor(maps, masks, unknown_at, binarize)
    return ChangeCalibration(bias=bias, difference=weight, floor=floor, unknown_at=unknown_at, ng_at=ng_at)


def _observe(pairs: Iterable[TruePair]) -> tuple[list[FloatArray], BoolArray]:
    evidence, masks = [], []
    for pair in pairs:
        alignment = register(pair.test, pair.reference)
        if alignment.is_trusted:
            size = (pair.test.shape[0], pair.test.shape[1])
            evidence.append(difference_evidence(pair.test, warp_reference(pair.reference, alignment, size)))
            masks.append(pair.mask)
    return evidence, np.stack(masks)


def _fit_logit(evidence: list[FloatArray], masks: BoolArray, rng: np.random.Generator) -> tuple[float, float]:
    """Logistic regression of sampled pixels, weighted back to their true share."""
    values, truths, weights = [], [], []
    for one, mask in zip(evidence, masks, strict=True):
        for truth in (True, False):
            members = np.flatnonzero(mask.ravel() == truth)
            count = min(len(members), _BACKGROUND_PIXELS)
            if count:
                values.append(one.ravel()[rng.choice(members, count, replace=False)])
                truths.append(np.full(count, truth))
                weights.append(np.full(count, len(members) / count))
    weight = np.concatenate(weights)
    model = LogisticRegression(C=100.0, max_iter=500)
    model.fit(np.concatenate(values)[:, None], np.concatenate(truths), sample_weight=weight / weight.mean())
    return float(model.intercept_[0]), float(model.coef_[0, 0])
