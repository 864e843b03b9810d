"""A folder of rendered images with masks and labels."""

import csv
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from core.synthesis.acquisition import quantise
from core.synthesis.exposure import NOISE_STREAM, expose
from core.synthesis.randomness import stream
from core.synthesis.registry import FAMILIES
from core.synthesis.scene import choose

NORMAL = "normal"
COLUMNS = ("file", "label", "family", "process")


@dataclass(frozen=True, slots=True)
class CorpusRecipe:
    """How the images of a corpus are made.

    Attributes:
        folder: where they go.
        seed: of the whole corpus; image n follows from (seed, n).
        families: names, None for all.
        kinds: names, None for all.
        size_hw: height and width, px.
        bit_depth: 8 or 16.
        defect_probability: share of defective images.
    """

    folder: Path
    seed: int
    families: tuple[str, ...] | None
    kinds: tuple[str, ...] | None
    size_hw: tuple[int, int]
    bit_depth: Literal[8, 16]
    defect_probability: float


def write_corpus(
    folder: Path,
    *,
    count: int,
    seed: int,
    families: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    size_hw: tuple[int, int] = (448, 448),
    bit_depth: Literal[8, 16] = 8,
    defect_probability: float = 0.5,
    processes: int = 1,
) -> None:
    """Writes images/*.png, masks/<stem>.png of the defective ones, and labels.csv.

    Args:
        folder: made if it is not there.
        count: number of images.
        seed: the same seed gives the same files, whatever the number of processes.
        families: layout families, None for all.
        kinds: defect kinds, None for all.
        size_hw: height and width, px.
        bit_depth: 8 or 16 bits a pixel.
        defect_probability: share of defective images; the label of the others is "normal".
        processes: worker processes.
    """
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "masks").mkdir(exist_ok=True)
    chosen = None if families is None else tuple(families)
    limited = None if kinds is None else tuple(kinds)
    recipe = CorpusRecipe(folder, seed, chosen, limited, size_hw, bit_depth, defect_probability)
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_write_all(recipe, count, processes))


def _write_all(recipe: CorpusRecipe, count: int, processes: int) -> list[tuple[str, ...]]:
    if processes <= 1:
        with _single_threaded():
            return [write_image(recipe, index) for index in range(count)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_one_thread) as pool:
        return list(pool.map(partial(write_image, recipe), range(count), chunksize=16))


@contextmanager
def _single_threaded() -> Iterator[None]:
    """OpenCV rounds a few operations by thread count: one thread makes files alike however they are made."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _one_thread() -> None:
    cv2.setNumThreads(1)


def write_image(recipe: CorpusRecipe, index: int) -> tuple[str, ...]:
    """Renders and writes one image; returns its row of labels.csv."""
    seed = int(stream(recipe.seed, index).integers(2**31))
    family, kind = choose(seed, recipe.families, recipe.kinds, recipe.defect_probability)
    exposure = expose(seed, family=family, kind=kind, size_hw=recipe.size_hw, style=None)
    shown = exposure.develop(stream(seed, NOISE_STREAM))
    name = f"{index:06d}.png"
    if recipe.bit_depth == 16:
        cv2.imwrite(str(recipe.folder / "images" / name), np.rint(shown * 65535).astype(np.uint16))
    else:
        cv2.imwrite(str(recipe.folder / "images" / name), quantise(shown, exposure.style))
    if kind is not None:
        cv2.imwrite(str(recipe.folder / "masks" / name), exposure.mask.astype(np.uint8) * 255)
    return name, kind or NORMAL, family, FAMILIES[family].process
