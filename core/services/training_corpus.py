"""Rendering ahead: scenes of the generator as memory-mapped arrays, many processes, resumable."""

import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from core.domain.errors import UserError
from core.jobs import JobContext
from core.networks.training.plan import refuse_other_plan
from core.synthesis import sample_scene

_CHUNK = 16
_RECORD = "rendered.json"


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
    done = _rendered(folder, plan)
    _record(folder, plan, done)
    shape = (plan.count, plan.side, plan.side)
    mode = "r+" if done else "w+"
    images = open_memmap(folder / "images.npy", mode=mode, dtype=np.uint8, shape=shape)
    masks = open_memmap(folder / "masks.npy", mode=mode, dtype=np.bool_, shape=shape)
    starts = range(done, plan.count, _CHUNK)
    with ProcessPoolExecutor(_workers(), mp_context=get_context("spawn"), initializer=_one_thread) as pool:
        for start, (rendered, truths) in zip(
            starts, pool.map(partial(_render_chunk, plan), starts), strict=True
        ):
            end = start + len(rendered)
            images[start:end], masks[start:end] = rendered, truths
            _record(folder, plan, end)
            ctx.report(end, plan.count, "rendering")
            if ctx.token.cancelled:
                pool.shutdown(wait=True, cancel_futures=True)
                ctx.check()
    images.flush()
    masks.flush()


def _rendered(folder: Path, plan: CorpusPlan) -> int:
    """How many images of this plan the folder holds."""
    kept = _read_record(folder)
    if kept["done"]:
        refuse_other_plan(kept["plan"], asdict(plan), folder)
    return int(kept["done"])


def _read_record(folder: Path) -> dict[str, Any]:
    """Images without a record are of nobody knows which plan: they were rendered before plans were kept."""
    record = folder / _RECORD
    if not record.is_file():
        return {"done": int((folder / "images.npy").is_file()), "plan": None}
    try:
        kept: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(f"{record} is damaged.", f"Delete {folder} to render its images again.") from error
    return kept


def _record(folder: Path, plan: CorpusPlan, done: int) -> None:
    """Swapped in whole, so that a stop in the middle leaves the old record."""
    fresh = folder / f"{_RECORD}.new"
    fresh.write_text(json.dumps({"done": done, "plan": asdict(plan)}, indent=2), encoding="utf-8")
    fresh.replace(folder / _RECORD)


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


def _one_thread() -> None:
    """OpenCV's results differ by a grey level with its thread count."""
    cv2.setNumThreads(1)


def _workers() -> int:
    return max(1, os.cpu_count() or 1)
