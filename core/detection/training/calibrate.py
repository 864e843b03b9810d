"""Phase 3: the scalars that make scores comparable, fitted on images that the training did not see."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch.nn import functional as F

from core.detection.detector import ModelIdentity
from core.detection.ic_defectncd.detector import ICDefectNCDDetector
from core.detection.network import DefectNetwork, Evidence, Fusion
from core.detection.preprocess import standardise, to_batch
from core.detection.training.corpus import TrainingSet
from core.detection.weights import Calibration
from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import ScoreMap
from core.jobs import JobContext

Binarize = Callable[[FloatArray, float], BoolArray]
"""(H, W) map and floor to a mask: the product's own segmentation."""

FALSE_NG, FALSE_UNKNOWN = 0.02, 0.10
"""Shares of defect-free calibration images that may be called NG, and at least Unknown."""
CLEAN_EMPTY = 0.9
_BACKGROUND_PIXELS = 400


@dataclass(frozen=True, slots=True)
class _Pixels:
    """Sampled pixels of the calibration images: (P, 2) evidence, (P,) truth, (P,) weight."""

    evidence: FloatArray
    defective: BoolArray
    weight: FloatArray


def fit_calibration(
    network: DefectNetwork,
    source: TrainingSet,
    binarize: Binarize,
    device: torch.device,
    ctx: JobContext,
    *,
    seed: int,
) -> Calibration:
    """Fit fusion, floor and thresholds.

    Args:
        network: trained.
        source: images with truth, clean ones among them, that were not trained on.
        binarize: the segmentation whose floor is sought.
    """
    network.to(device).eval()
    pixels = _sample_pixels(network, source, device, np.random.default_rng(seed), ctx)
    fusion = _fit_fusion(pixels, has_matching=network.matching is not None)
    detector = ICDefectNCDDetector(
        network, Calibration(fusion=fusion), ModelIdentity("calibration", ""), device, batch_size=8
    )
    maps = [
        detector.score_images([np.asarray(image)])[0] for image in ctx.track(source.images, "calibrating")
    ]
    clean = ~source.is_defective
    unknown_at, ng_at = _thresholds(np.array([score_map.score for score_map in maps]), clean)
    floor = _fit_floor(maps, source.masks, clean, unknown_at, binarize, ctx)
    return Calibration(fusion=fusion, floor=floor, unknown_at=unknown_at, ng_at=ng_at)


def _sample_pixels(
    network: DefectNetwork,
    source: TrainingSet,
    device: torch.device,
    rng: np.random.Generator,
    ctx: JobContext,
) -> _Pixels:
    parts = []
    for index in ctx.track(range(len(source.images)), "reading evidence"):
        x = to_batch([standardise(np.asarray(source.images[index]))], device)
        with torch.inference_mode():
            evidence = network(x)
        mask = torch.from_numpy(source.masks[index].astype(np.float32))[None, None]
        truth = F.avg_pool2d(mask, 2)[0, 0].flatten().numpy() > 0.5
        parts.append(_sample_image(_stack(evidence), truth, rng))
    evidence_rows, truths, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _Pixels(evidence_rows, truths, weights)


def _stack(evidence: Evidence) -> FloatArray:
    """(P, 2): matching (0 where there is none) and residual."""
    residual = evidence.residual[0].flatten()
    matching = torch.zeros_like(residual) if evidence.matching is None else evidence.matching[0].flatten()
    columns: FloatArray = torch.stack([matching, residual], dim=1).float().cpu().numpy()
    return columns


def _sample_image(
    rows: FloatArray, truth: BoolArray, rng: np.random.Generator
) -> tuple[FloatArray, BoolArray, FloatArray]:
    """All defective pixels up to a cap, and some of the others, weighted back to their true share."""
    chosen, weights = [], []
    for members in (np.flatnonzero(truth), np.flatnonzero(~truth)):
        count = min(len(members), _BACKGROUND_PIXELS)
        if count:
            chosen.append(rng.choice(members, count, replace=False))
            weights.append(np.full(count, len(members) / count, np.float32))
    picked = np.concatenate(chosen)
    return rows[picked], truth[picked], np.concatenate(weights)


def _fit_fusion(pixels: _Pixels, *, has_matching: bool) -> Fusion:
    columns = [0, 1] if has_matching else [1]
    model = LogisticRegression(C=100.0, max_iter=500)
    model.fit(
        pixels.evidence[:, columns], pixels.defective, sample_weight=pixels.weight / pixels.weight.mean()
    )
    coefficients = model.coef_[0]
    return Fusion(
        bias=float(model.intercept_[0]),
        matching=float(coefficients[0]) if has_matching else 0.0,
        # Evidence of a defect cannot speak against one: a negative weight would only fit noise.
        residual=max(0.0, float(coefficients[-1])),
    )


def _thresholds(scores: NDArray[np.float64], clean: BoolArray) -> tuple[float, float]:
    unknown_at, ng_at = np.quantile(scores[clean], [1 - FALSE_UNKNOWN, 1 - FALSE_NG])
    return float(unknown_at), float(ng_at)


def _fit_floor(
    maps: list[ScoreMap],
    masks: BoolArray,
    clean: BoolArray,
    unknown_at: float,
    binarize: Binarize,
    ctx: JobContext,
) -> float:
    """The floor that outlines best among those that leave enough clean images empty.

    A mask that touches the defect is worth something before its outline fits: half of the value is whether the
    defective image has a hit at all, half is the IoU.
    """
    best_floor, best_value = 0.5, -1.0
    for floor in ctx.track([round(0.05 * step, 2) for step in range(2, 20)], "fitting the floor"):
        written = [
            binarize(score_map.values, floor) if score_map.score >= unknown_at else np.zeros_like(mask)
            for score_map, mask in zip(maps, masks, strict=True)
        ]
        empty = np.mean([not mask.any() for mask, is_clean in zip(written, clean, strict=True) if is_clean])
        worth = [
            (_iou(mask, truth) + float((mask & truth).any())) / 2
            for mask, truth, skip in zip(written, masks, clean, strict=True)
            if not skip
        ]
        value = float(np.mean(worth)) + min(0.0, float(empty) - CLEAN_EMPTY) * 10
        if value > best_value:
            best_floor, best_value = floor, value
    return best_floor


def _iou(mask: BoolArray, truth: BoolArray) -> float:
    union = np.count_nonzero(mask | truth)
    return np.count_nonzero(mask & truth) / union if union else 1.0
