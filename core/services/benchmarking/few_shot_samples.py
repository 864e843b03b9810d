"""Labelled images of a set, and how they are written as shots."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.domain.arrays import BoolArray, GrayImage


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One labelled image; the mask is all False where there is no defect."""

    image: GrayImage
    mask: BoolArray
    label: str


@dataclass(frozen=True, slots=True)
class FewShotSet:
    """A product.

    Attributes:
        name: for tables.
        content: what it shows, in words.
        classes: defect classes.
        samples: endless or not, the images of a class (or of DEFECT_FREE), none of them twice.
    """

    name: str
    content: str
    classes: tuple[str, ...]
    samples: Callable[[str], Iterator[Sample]]


def write_samples(folder: Path, samples: list[Sample]) -> None:
    """images/, masks/ and labels.csv."""
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    lines = ["image,label"]
    for number, sample in enumerate(samples):
        name = f"{number:04d}.png"
        cv2.imwrite(str(folder / "images" / name), sample.image)
        if sample.mask.any():
            cv2.imwrite(str(folder / "masks" / name), sample.mask.astype(np.uint8) * 255)
        lines.append(f"{name},{sample.label}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
