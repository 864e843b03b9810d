"""The scalars of a change detector, fitted on generated pairs whose truth is known."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch

from core.change.cadnet.network import CADNet
from core.change.card import ChangeCalibration, ChangeSource
from core.change.detector import fuse
from core.change.evidence import ChangeEvidence, read_change_evidence
from core.change.registration import register, warp_reference
from core.domain.arrays import BoolArray, GrayImage
from core.networks.logit_fit import fit_logit
from core.networks.score_cuts import (
    Binarize,
    fit_floor,
    hit_outline_and_precision,
    thresholds_of_clean,
)

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


def fit_calibration(
    pairs: Iterable[TruePair],
    network: CADNet | None,
    binarize: Binarize,
    *,
    device: torch.device,
    seed: int,
) -> ChangeCalibration:
    """Fit logit, floor and cuts; pairs that cannot be registered are left out, as in use.

    Args:
        pairs: all of one size, clean ones among them; not those that the network was trained on.
        network: trained; None where the difference speaks alone.
        binarize: the segmentation whose floor is sought.
        device: where the network computes.
        seed: of the pixels that are sampled.
    """
    evidence, masks = _observe(pairs, network, device)
    bias, weights = _fit_logit(evidence, masks, np.random.default_rng(seed))
    maps = [fuse(one, bias, weights) for one in evidence]
    clean = np.logical_not(masks.any(axis=(1, 2)))
    unknown_at, ng_at = thresholds_of_clean(np.array([one.score for one in maps])[clean])
    # A comparison shows every edge that moved: a mask of many regions is no help, however well it finds.
    floor = fit_floor(maps, masks, unknown_at, binarize, hit_outline_and_precision)
    return ChangeCalibration(bias=bias, weights=weights, floor=floor, unknown_at=unknown_at, ng_at=ng_at)


def _observe(
    pairs: Iterable[TruePair], network: CADNet | None, device: torch.device
) -> tuple[list[ChangeEvidence], BoolArray]:
    evidence, masks = [], []
    for pair in pairs:
        alignment = register(pair.test, pair.reference)
        if alignment.is_trusted:
            size = (pair.test.shape[0], pair.test.shape[1])
            warped = warp_reference(pair.reference, alignment, size)
            evidence.append(read_change_evidence(pair.test, warped, network, device))
            masks.append(pair.mask)
    return evidence, np.stack(masks)


def _fit_logit(
    evidence: list[ChangeEvidence], masks: BoolArray, rng: np.random.Generator
) -> tuple[float, dict[ChangeSource, float]]:
    """Fusion from sampled pixels, weighted back to their true share."""
    sources = list(evidence[0])
    rows, truths, weights = [], [], []
    for one, mask in zip(evidence, masks, strict=True):
        for truth in (True, False):
            members = np.flatnonzero(mask.ravel() == truth)
            count = min(len(members), _BACKGROUND_PIXELS)
            if count:
                places = rng.choice(members, count, replace=False)
                rows.append(np.stack([one[source].ravel()[places] for source in sources], axis=1))
                truths.append(np.full(count, truth))
                weights.append(np.full(count, len(members) / count))
    bias, fitted = fit_logit(np.concatenate(rows), np.concatenate(truths), np.concatenate(weights))
    return bias, dict(zip(sources, fitted, strict=True))
