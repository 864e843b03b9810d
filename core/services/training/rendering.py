"""Rendering ahead: arrays of generated images on disk, many processes, resumable."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import DTypeLike, NDArray

from core.domain.errors import UserError
from core.jobs import JobContext
from core.networks.training.plan import Plan
from core.services.training.rendered_record import record_rendered, rendered_count

_CHUNK = 16


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """One array of the folder.

    Attributes:
        name: of the file, without .npy.
        dtype: of its elements.
        shape: of one item; the file is (N, *shape).
    """

    name: str
    dtype: DTypeLike
    shape: tuple[int, ...] = ()


RenderItem = Callable[[int], tuple[Any, ...]]
"""Number of an item to its values, one a file; a function that can be sent to another process."""


def render_arrays(
    folder: Path, plan: Plan, count: int, files: Sequence[ArrayFile], render: RenderItem, ctx: JobContext
) -> None:
    """Write `count` items into memory-mapped arrays; goes on where an earlier call stopped.

    rendered.json says how many are done, and of which plan.

    Raises:
        UserError: the folder cannot be written, or holds items of another plan, or of nobody knows which.
        JobCancelled: stopped between chunks; what is rendered stays.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        done = rendered_count(folder, plan, f"{files[0].name}.npy")
        record_rendered(folder, plan, done)
        arrays = [_open(folder, file, count, is_new=not done) for file in files]
    except OSError as error:
        raise UserError(
            f"Nothing can be rendered into {folder}: {error.strerror}.", "Choose another --out folder."
        ) from error
    starts = range(done, count, _CHUNK)
    with ProcessPoolExecutor(_workers(), mp_context=get_context("spawn"), initializer=_one_thread) as pool:
        for start, drawn in zip(starts, pool.map(partial(_render_chunk, render, count), starts), strict=True):
            end = start + len(drawn[0])
            for array, values in zip(arrays, drawn, strict=True):
                array[start:end] = values
            record_rendered(folder, plan, end)
            ctx.report(end, count, "rendering")
            if ctx.token.cancelled:
                pool.shutdown(wait=True, cancel_futures=True)
                ctx.check()
    for array in arrays:
        array.flush()


def _open(folder: Path, file: ArrayFile, count: int, *, is_new: bool) -> "np.memmap[Any, Any]":
    shape = (count, *file.shape)
    return open_memmap(
        folder / f"{file.name}.npy", mode="w+" if is_new else "r+", dtype=file.dtype, shape=shape
    )


def _render_chunk(render: RenderItem, count: int, start: int) -> tuple[NDArray[Any], ...]:
    items = [render(index) for index in range(start, min(start + _CHUNK, count))]
    return tuple(np.stack([np.asarray(item[field]) for item in items]) for field in range(len(items[0])))


def _one_thread() -> None:
    """OpenCV's results differ by a grey level with its thread count."""
    cv2.setNumThreads(1)


def _workers() -> int:
    return max(1, os.cpu_count() or 1)
