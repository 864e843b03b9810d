"""Rendering ahead: scenes of the generator as memory-mapped arrays, many processes, resumable."""

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from core.jobs import JobContext
from core.services.rendered_record import record_rendered, rendered_count
from core.synthesis import sample_scene

_CHUNK = 16


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
    folder.mkdir(parents=True, exist_ok=True)
    fields = asdict(plan)
    done = rendered_count(folder, fields, "images.npy")
    record_rendered(folder, fields, done)
    shape = (plan.count, plan.side, plan.side)
    mode = "r+" if done else "w+"
    images = open_memmap(folder / "images.npy", mode=mode, dtype=np.uint8, shape=shape)
    masks = open_memmap(folder / "masks.npy", mode=mode, dtype=np.bool_, shape=shape)
    starts = range(done, plan.count, _CHUNK)
    with ProcessPoolExecutor(worker_count(), mp_context=get_context("spawn"), initializer=one_thread) as pool:
        for start, (rendered, truths) in zip(
            starts, pool.map(partial(_render_chunk, plan), starts), strict=True
        ):
            end = start + len(rendered)
            images[start:end], masks[start:end] = rendered, truths
            record_rendered(folder, fields, end)
            ctx.report(end, plan.count, "rendering")
            if ctx.token.cancelled:
                pool.shutdown(wait=True, cancel_futures=True)
                ctx.check()
    images.flush()
    masks.flush()


def _render_chunk(plan: CorpusPlan, start: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    scenes = [
        sample_scene(
            plan.seed + index,
            families=plan.families,
            kinds=plan.kinds,
            defect_probability=plan.defect_probability,
            size_hw=(plan.side, plan.side),
        )
        for index in range(start, min(start + _CHUNK, plan.count))
    ]
    return np.stack([scene.image for scene in scenes]), np.stack([scene.mask for scene in scenes])


def one_thread() -> None:
    """OpenCV's results differ by a grey level with its thread count."""
    cv2.setNumThreads(1)


def worker_count() -> int:
    """Processes that render."""
    return max(1, os.cpu_count() or 1)
