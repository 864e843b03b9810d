"""Reads what `residua detect` wrote, beside the truth."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray
from core.domain.errors import UserError
from core.evaluation.metrics import DetectionFigures, score_detections
from core.jobs import JobContext

_NORMAL = "normal"
_Row: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DetectionSet:
    """Detections and the truth, image by image in the order of the labels.

    Attributes:
        names: path of each image relative to the lot.
        maps, true_masks, written_masks: (H, W) each, of one size per image.
        image_scores: one an image.
        labels: class of each image; "normal" = defect-free.
    """

    names: tuple[str, ...]
    maps: tuple[FloatArray, ...]
    true_masks: tuple[BoolArray, ...]
    written_masks: tuple[BoolArray, ...]
    image_scores: tuple[float, ...]
    labels: tuple[str, ...]

    @property
    def figures(self) -> DetectionFigures:
        """The figures of the whole set."""
        is_defective = [label != _NORMAL for label in self.labels]
        return score_detections(
            self.maps, self.true_masks, self.written_masks, self.image_scores, is_defective
        )


def read_detection_folder(out: Path, truth: Path, labels_csv: Path, ctx: JobContext) -> DetectionSet:
    """Read the output of `residua detect` together with its truth.

    Args:
        out: folder with detections.csv, whose columns `map` and `mask` say which file is an image's. Where a column or
            its cell is missing, that is maps/*.tif and masks/*.png, named like the image; a mask may be missing then,
            which means an empty one.
        truth: folder of 0/255 PNGs named like the images; a missing one means no defect.
        labels_csv: columns `file` and `label`; "normal" = defect-free.
        ctx: for progress and cancel.

    Raises:
        UserError: a table or map is missing or unreadable, an image has no score, or sizes differ.
        JobCancelled: the owner cancelled.
    """
    labels = {row["file"]: row["label"] for row in _read_table(labels_csv, {"file", "label"})}
    rows = {row["image"]: row for row in _read_table(out / "detections.csv", {"image", "score"})}
    if not labels:
        raise UserError(f"{labels_csv.name} names no images.")
    images = [
        _read_image(out, truth, name, rows.get(name, {})) for name in ctx.track(list(labels), "Reading maps")
    ]
    return DetectionSet(
        names=tuple(labels),
        maps=tuple(values for values, _, _ in images),
        true_masks=tuple(true for _, true, _ in images),
        written_masks=tuple(written for _, _, written in images),
        image_scores=tuple(_score(rows.get(name, {}), name) for name in labels),
        labels=tuple(labels.values()),
    )


def _read_table(path: Path, columns: set[str]) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if missing := columns - set(reader.fieldnames or ()):
                raise UserError(f"{path.name} has no column {', '.join(sorted(missing))}.")
            return list(reader)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path.name} is not a CSV table: {error}.") from error


def _score(row: _Row, name: str) -> float:
    try:
        return float(row.get("score") or "")
    except ValueError:
        raise UserError(f"{name} has no score in detections.csv.", "Run the detection on it again.") from None


def _read_image(out: Path, truth: Path, name: str, row: _Row) -> tuple[FloatArray, BoolArray, BoolArray]:
    stem = PurePosixPath(name).with_suffix("").as_posix()
    values = _read_map(out / (row.get("map") or f"maps/{stem}.tif"))
    true = _read_mask(truth / f"{stem}.png", values.shape)
    named = row.get("mask")
    written = _read_mask(out / (named or f"masks/{stem}.png"), values.shape, may_be_missing=not named)
    return values, true, written


def _read_map(path: Path) -> FloatArray:
    try:
        return np.asarray(tifffile.imread(path), dtype=np.float32)
    except OSError as error:
        raise UserError(f"The map {path} cannot be read: {error.strerror}.") from error
    except (ValueError, tifffile.TiffFileError) as error:
        raise UserError(f"The map {path.name} is not a TIFF image: {error}.") from error


def _read_mask(path: Path, shape: tuple[int, ...], *, may_be_missing: bool = True) -> BoolArray:
    if not path.exists():
        if not may_be_missing:
            raise UserError(f"The mask {path} is missing.", "Run the detection again.")
        return np.zeros(shape, dtype=np.bool_)
    gray = _decode(path)
    if gray is None:
        raise UserError(f"The mask {path} is not a readable PNG.")
    if gray.shape != shape:
        raise UserError(f"The mask {path} is {gray.shape}, its map {shape}.")
    mask: BoolArray = gray > 127
    return mask


def _decode(path: Path) -> NDArray[Any] | None:
    """Gray levels of a PNG, read as bytes because cv2 cannot open every path; None if it is no image."""
    content = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    return cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
