"""Scales of the measured descriptors: how much each varies over many generated defects."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from core.discovery.embedding.described import SCALES_FILE, fit_scales
from core.discovery.embedding.descriptors import measure_defect
from core.domain.arrays import FloatArray
from core.domain.maps import Mask, ScoreMap
from core.jobs import JobContext
from core.segmentation import cut_crops
from core.segmentation.regions import find_regions
from core.synthesis import sample_scene, training_families, training_kinds

_FLOOR = 0.2


@dataclass(frozen=True, slots=True)
class DescriptorPlan:
    """What the scales are fitted on.

    Attributes:
        defects: generated ones, of the training's families and kinds.
        side: of their images, px.
        seed: of the first; defect i has seed + i.
    """

    defects: int = 1500
    side: int = 448
    seed: int = 81_000_000


def fit_descriptors(plan: DescriptorPlan, out: Path, ctx: JobContext) -> Path:
    """Render defects, measure them and write the scales' file.

    Raises:
        JobCancelled: between defects; nothing is written then.
    """
    numbers = ctx.track(range(plan.defects), "measuring defects")
    measured = np.stack([_measure(plan.seed + number, plan.side) for number in numbers])
    out.mkdir(parents=True, exist_ok=True)
    path = out / SCALES_FILE
    path.write_text(fit_scales(measured, asdict(plan)).model_dump_json(indent=1) + "\n", encoding="utf-8")
    return path


def _measure(seed: int, side: int) -> FloatArray:
    scene = sample_scene(
        seed,
        families=training_families(),
        kinds=training_kinds(),
        defect_probability=1.0,
        size_hw=(side, side),
    )
    values = scene.mask.astype(np.float32)
    largest = max(find_regions(scene.mask, values), key=lambda region: region.area_px)
    crop = cut_crops(scene.image, ScoreMap(values, 1.0), Mask(scene.mask), (largest,), floor=_FLOOR)[0]
    return measure_defect(crop)
