"""Phase 3: the scalars that make scores comparable, fitted on images that the training did not see."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from core.detection.evidence import (
    TRAINING_FREE,
    Evidence,
    Fusion,
    all_source_sets,
    read_evidence,
    source_key,
)
from core.detection.network import DefectNetwork
from core.detection.training.corpus import TrainingSet
from core.detection.weights import Calibration
from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import ScoreMap
from core.domain.recipes import EvidenceSource
from core.jobs import JobContext
from core.networks.device import reduced_precision
from core.networks.image_score import to_score_map
from core.networks.logit_fit import fit_logit
from core.networks.preprocess import pad_to_multiple, standardise, to_batch, to_image_size
from core.networks.score_cuts import Binarize, fit_floor, thresholds_of_clean

_BACKGROUND_PIXELS = 400


@dataclass(frozen=True, slots=True)
class _Observed:
    """Evidence of the calibration images.

    Attributes:
        evidence: one image each, (1, h, w) half precision a source: hundreds of images stay in memory.
        masks: (N, H, W) truth.
    """

    evidence: list[dict[EvidenceSource, Tensor]]
    masks: BoolArray

    @property
    def clean(self) -> BoolArray:
        """(N,) which images hold no defect."""
        return np.logical_not(self.masks.any(axis=(1, 2)))


@dataclass(frozen=True, slots=True)
class _Pixels:
    """Sampled pixels: where they lie in each image, (P,) truth, (P,) weight."""

    places: list[NDArray[np.intp]]
    defective: BoolArray
    weight: FloatArray


def fit_calibrations(
    network: DefectNetwork,
    source: TrainingSet,
    binarize: Binarize,
    device: torch.device,
    ctx: JobContext,
    *,
    seed: int,
    sets: Sequence[tuple[EvidenceSource, ...]] | None = None,
) -> dict[str, Calibration]:
    """Fit fusion, floor and thresholds of every set of sources that a recipe may ask for, by its `source_key`.

    Args:
        network: trained.
        source: images with truth, clean ones among them, that were not trained on.
        binarize: the segmentation whose floor is sought.
        sets: the only sets that are wanted, of sources that the network can give; None fits all.
    """
    network.to(device).eval()
    available: list[EvidenceSource] = [*network.sources, *TRAINING_FREE]
    if network.matching is not None:
        available.append("coarse_matching")
    sets = all_source_sets(available) if sets is None else sets
    needed = [name for name in available if any(name in chosen for chosen in sets)]
    observed = _observe(network, source, needed, device, ctx)
    pixels = _sample_pixels(source.masks, np.random.default_rng(seed))
    return {
        source_key(chosen): _fit_one(observed, pixels, chosen, binarize)
        for chosen in ctx.track(sets, "fitting the calibrations")
    }


def _observe(
    network: DefectNetwork,
    source: TrainingSet,
    available: Sequence[EvidenceSource],
    device: torch.device,
    ctx: JobContext,
) -> _Observed:
    return _Observed(
        [_read(network, image, available, device) for image in ctx.track(source.images, "reading evidence")],
        source.masks,
    )


def _read(
    network: DefectNetwork,
    image: NDArray[np.uint8],
    available: Sequence[EvidenceSource],
    device: torch.device,
) -> Evidence:
    with torch.inference_mode(), reduced_precision(device):
        x = to_batch([standardise(np.asarray(image))], device)
        x = pad_to_multiple(x, network.backbone.stride).contiguous(memory_format=torch.channels_last)
        read = read_evidence(network, x, available)
        half = (image.shape[0] // 2, image.shape[1] // 2)
        return {name: values[:, : half[0], : half[1]].half().cpu() for name, values in read.items()}


def _sample_pixels(masks: BoolArray, rng: np.random.Generator) -> _Pixels:
    """All defective pixels up to a cap, and some of the others, weighted back to their true share."""
    places, truths, weights = [], [], []
    for mask in masks:
        share = F.avg_pool2d(torch.from_numpy(mask.astype(np.float32))[None, None], 2)
        truth = share.flatten().numpy() > 0.5
        chosen = []
        for members in (np.flatnonzero(truth), np.flatnonzero(~truth)):
            count = min(len(members), _BACKGROUND_PIXELS)
            if count:
                chosen.append(rng.choice(members, count, replace=False))
                weights.append(np.full(count, len(members) / count, np.float32))
        places.append(np.concatenate(chosen))
        truths.append(truth[places[-1]])
    return _Pixels(places, np.concatenate(truths), np.concatenate(weights))


def _fit_one(
    observed: _Observed, pixels: _Pixels, chosen: tuple[EvidenceSource, ...], binarize: Binarize
) -> Calibration:
    fusion = _fit_fusion(observed, pixels, chosen)
    maps = [_fused_map(evidence, fusion, observed.masks.shape[1:]) for evidence in observed.evidence]
    unknown_at, ng_at = thresholds_of_clean(np.array([one.score for one in maps])[observed.clean])
    floor = fit_floor(maps, observed.masks, unknown_at, binarize)
    return Calibration(fusion=fusion, floor=floor, unknown_at=unknown_at, ng_at=ng_at)


def _fit_fusion(observed: _Observed, pixels: _Pixels, chosen: tuple[EvidenceSource, ...]) -> Fusion:
    columns = [
        np.concatenate(
            [
                evidence[source].flatten()[torch.from_numpy(places)].float().numpy()
                for evidence, places in zip(observed.evidence, pixels.places, strict=True)
            ]
        )
        for source in chosen
    ]
    bias, weights = fit_logit(np.stack(columns, axis=1), pixels.defective, pixels.weight)
    return Fusion(bias=bias, weights=dict(zip(chosen, weights, strict=True)))


def _fused_map(evidence: Evidence, fusion: Fusion, size_hw: tuple[int, ...]) -> ScoreMap:
    logit = fusion.fuse({name: values.float() for name, values in evidence.items()})
    full = to_image_size(logit, (2 * logit.shape[1], 2 * logit.shape[2]), (size_hw[0], size_hw[1]))
    return to_score_map(full[0].numpy(), size_hw)
