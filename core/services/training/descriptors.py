"""Scales of the measured descriptors and the metric of kinds: what varies over many generated defects, and by what."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from core.discovery.embedder import Embedder
from core.discovery.embedding import EmbeddingOptions, load_embedder
from core.discovery.embedding.described import (
    SCALES_FILE,
    fit_scales,
    learn_both,
    measure_crops,
    outline_crops,
)
from core.discovery.embedding.metric import Labels, fit_metric
from core.discovery.training.augment import soften_mask
from core.domain.arrays import FloatArray
from core.domain.maps import Crop, Mask, ScoreMap
from core.jobs import JobContext
from core.segmentation import cut_crops
from core.segmentation.regions import find_regions
from core.services.training.crops import CropPlan, draw_scene
from core.services.training.kinds import known_kinds, label_of
from core.synthesis import Scene, training_families

_FLOOR = 0.2  # of the map's peak
_CHUNK = 64


@dataclass(frozen=True, slots=True)
class DescriptorPlan:
    """What scales and metric are fitted on.

    Attributes:
        defects: generated ones, of the kinds and layouts that the embedding learns from.
        side: of their images, px.
        seed: of the first; defect i has seed + i.
    """

    defects: int = 1000
    side: int = 448
    seed: int = 81_000_000


def fit_descriptors(plan: DescriptorPlan, out: Path, ctx: JobContext) -> Path:
    """Render defects, describe them as discovery does, and write the file of scales and metric.

    Raises:
        UserError: the shipped embedding is not there.
        JobCancelled: between defects; nothing is written then.
    """
    learned = load_embedder(EmbeddingOptions(), "cpu")
    kinds, measured, vectors = _describe(plan, learned, ctx)
    scales = fit_scales(measured, asdict(plan))
    metric = fit_metric(np.concatenate([vectors, scales.scale(measured)], axis=1), kinds, learned.identity)
    out.mkdir(parents=True, exist_ok=True)
    path = out / SCALES_FILE
    path.write_text(scales.model_copy(update={"metric": metric}).model_dump_json() + "\n", encoding="utf-8")
    return path


def _describe(
    plan: DescriptorPlan, learned: Embedder, ctx: JobContext
) -> tuple[Labels, FloatArray, FloatArray]:
    """(N,) labels of the kinds, (N, D) descriptors and (N, E) learned vectors; pixels are held of a few crops only."""
    drawn = CropPlan(plan.defects, plan.side, plan.side, plan.seed, training_families(), known_kinds())
    kinds: list[str] = []
    parts: list[tuple[FloatArray, FloatArray]] = []
    crops: list[Crop] = []
    for number in ctx.track(range(plan.defects), "describing defects"):
        scene = draw_scene(drawn, plan.seed + number)
        kinds.append(label_of(scene.kind or ""))
        crops.append(cut_roughly(scene, np.random.default_rng(scene.seed)))
        if len(crops) == _CHUNK or number == plan.defects - 1:
            outlined = outline_crops(crops, ctx.check)
            parts.append(
                (measure_crops(outlined, ctx.check), learn_both(learned, crops, outlined, ctx.check))
            )
            crops = []
    measured, vectors = (np.concatenate(column) for column in zip(*parts, strict=True))
    return np.array(kinds), measured, vectors


def cut_roughly(scene: Scene, rng: np.random.Generator) -> Crop:
    """The crop of a scene's largest defect, its mask as rough and as uneven as a detector draws it."""
    values = soften_mask(scene.mask.astype(np.float32), rng)
    peak = float(values.max())
    mask = values > _FLOOR * peak
    largest = max(find_regions(mask, values), key=lambda region: region.area_px)
    return cut_crops(scene.image, ScoreMap(values, peak), Mask(mask), (largest,), floor=_FLOOR * peak)[0]
