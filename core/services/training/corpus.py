"""Scenes of the generator, rendered ahead: what detectors are trained and calibrated on."""

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray
from core.jobs import JobContext
from core.services.training.rendering import ArrayFile, render_arrays
from core.synthesis import sample_scene


@dataclass(frozen=True, slots=True)
class CorpusPlan:
    """What to render.

    Attributes:
        count: images.
        side: of each, in pixels.
        seed: of the first; image i has seed + i.
        families, kinds: allowed layouts and defects; None allows all that are not held out.
        defect_probability: share of defective images.
    """

    count: int
    side: int
    seed: int
    families: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    defect_probability: float = 0.5


def render_corpus(plan: CorpusPlan, folder: Path, ctx: JobContext) -> None:
    """Write images.npy (N, S, S) uint8 and masks.npy (N, S, S) bool; goes on where an earlier call stopped.

    rendered.json says how many are done, and of which plan.

    Raises:
        UserError: the folder holds images of another plan, or of nobody knows which.
        JobCancelled: stopped between chunks; what is rendered stays.
    """
    square = (plan.side, plan.side)
    files = ArrayFile("images", np.uint8, square), ArrayFile("masks", np.bool_, square)
    render_arrays(folder, asdict(plan), plan.count, files, partial(_render_one, plan), ctx)


def _render_one(plan: CorpusPlan, index: int) -> tuple[NDArray[np.uint8], BoolArray]:
    scene = sample_scene(
        plan.seed + index,
        families=plan.families,
        kinds=plan.kinds,
        defect_probability=plan.defect_probability,
        size_hw=(plan.side, plan.side),
    )
    return scene.image, scene.mask
