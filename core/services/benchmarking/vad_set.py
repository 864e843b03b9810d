"""One set of a benchmark of methods: what is learned from, what is tested on, and how it is laid out for the test."""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.errors import UserError
from core.jobs import JobContext

T = TypeVar("T")

NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class VadCase:
    """A test image; `mask` is the file of its defect, None where there is none."""

    image: Path
    label: str = NORMAL
    mask: Path | None = None


@dataclass(frozen=True, slots=True)
class VadSet:
    """What is learned from and what is tested on; no image is in both.

    Attributes:
        name: for folders and tables.
        content: in words.
        normals: to learn from.
        cases: to test on.
    """

    name: str
    content: str
    normals: tuple[Path, ...]
    cases: tuple[VadCase, ...]

    def at_most(self, count: int | None) -> "VadSet":
        """The same with no more than so many images to learn from, and as many to test on, evenly chosen."""
        if count is None:
            return self
        clean = [case for case in self.cases if case.mask is None]
        defective = [case for case in self.cases if case.mask is not None]
        cases = (*_evenly(clean, count - count // 2), *_evenly(defective, count // 2))
        return replace(self, normals=tuple(_evenly(self.normals, count)), cases=cases)


def write_test(one: VadSet, folder: Path, ctx: JobContext) -> None:
    """Copy the test images and their masks as the evaluation reads them: images/, masks/, labels.csv.

    Raises:
        UserError: a mask cannot be read, or is of another size than its image.
        JobCancelled: between images.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True)
    rows = []
    for index, case in enumerate(ctx.track(one.cases, f"{one.name}: test images")):
        name = f"{index:05d}_{case.image.name}"
        shutil.copyfile(case.image, folder / "images" / name)
        if case.mask is not None:
            cv2.imwrite(str(folder / "masks" / f"{Path(name).stem}.png"), _read_mask(case))
        rows.append((name, case.label))
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("file", "label"), *rows])


def _read_mask(case: VadCase) -> NDArray[np.uint8]:
    mask = cv2.imread(str(case.mask), cv2.IMREAD_GRAYSCALE)
    image = cv2.imread(str(case.image), cv2.IMREAD_GRAYSCALE)
    if mask is None or image is None or mask.shape != image.shape:
        raise UserError(f"The mask {case.mask} does not fit {case.image.name}.")
    return np.where(mask > 127, 255, 0).astype(np.uint8)


def _evenly(items: Sequence[T], count: int) -> list[T]:
    if len(items) <= count:
        return list(items)
    return [items[index] for index in np.linspace(0, len(items) - 1, count).round().astype(int)]
