"""The output of `residua detect`: detections.csv, maps/ and masks/, written as results come."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import TextIO

import cv2
import numpy as np
import tifffile

from core.domain.arrays import BoolArray, FloatArray
from core.domain.detections import Detection
from core.domain.detector import ModelIdentity
from core.domain.errors import UserError
from core.services.detection.measuring import Measured

TABLE = "detections.csv"
COLUMNS = (
    "image", "score", "verdict", "threshold", "regions", "area_px", "error",
    "map", "mask", "bbox_x", "bbox_y", "bbox_w", "bbox_h",
    "reference", "align_dx", "align_dy", "align_confidence", "align_ambiguous", "align_problem",
    "recipe_sha256", "model_id", "model_sha256", "class_name", "class_confidence",
)  # fmt: skip


class DetectionFolder:
    """Writes a result folder; a context manager. Rows are flushed one by one: a stop loses none that was written.

    Args:
        folder: is made when it is not there; an earlier table in it is replaced.
        recipe_sha256: of the run.
        model: that measures where no other did; both are repeated in each row, so that a row proves itself.

    Raises:
        UserError: the folder cannot be written.
    """

    def __init__(self, folder: Path, recipe_sha256: str, model: ModelIdentity) -> None:
        self._folder = folder
        self._recipe_sha256, self._model = recipe_sha256, model
        self._taken: set[str] = set()
        try:
            (folder / "maps").mkdir(parents=True, exist_ok=True)
            (folder / "masks").mkdir(exist_ok=True)
            self._stream: TextIO = (folder / TABLE).open("w", newline="", encoding="utf-8")
        except OSError as error:
            raise _not_writable(folder, error) from error
        self._rows = csv.DictWriter(self._stream, COLUMNS)
        self._rows.writeheader()

    def __enter__(self) -> "DetectionFolder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._writing():
            self._stream.close()

    def write(self, measured: Measured) -> None:
        """Write one image's map, mask and row.

        Raises:
            UserError: the disk is full or the folder went away.
        """
        with self._writing():
            stem = self._stem_of(measured.record.name)
            files = ("", "")
            if measured.values is not None and measured.mask is not None:
                files = self._write_arrays(stem, measured.values, measured.mask)
            self._write_row(measured.detection, *files, measured.model or self._model)

    def write_failures(self, detections: Iterable[Detection]) -> None:
        """Rows of files that are no images.

        Raises:
            UserError: the disk is full or the folder went away.
        """
        with self._writing():
            for detection in detections:
                self._write_row(detection, "", "", self._model)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _not_writable(self._folder, error) from error

    def _write_arrays(self, stem: str, values: FloatArray, mask: BoolArray) -> tuple[str, str]:
        map_file, mask_file = f"maps/{stem}.tif", f"masks/{stem}.png"
        for name in (map_file, mask_file):
            (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
        tifffile.imwrite(self._folder / map_file, values, compression=None)
        _, encoded = cv2.imencode(".png", mask.astype(np.uint8) * 255, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        (self._folder / mask_file).write_bytes(encoded.tobytes())
        return map_file, mask_file

    def _write_row(self, detection: Detection, map_file: str, mask_file: str, model: ModelIdentity) -> None:
        failed = detection.score is None
        box = detection.regions[0].bbox_xywh if detection.regions else ("", "", "", "")
        self._rows.writerow(
            {
                "image": detection.image_name,
                "score": "" if failed else f"{detection.score:.9g}",
                "verdict": "" if detection.verdict is None else detection.verdict.value,
                "threshold": f"{detection.threshold:.9g}",
                "regions": "" if failed else len(detection.regions),
                "area_px": "" if failed else detection.area_px,
                "error": detection.error,
                "map": map_file,
                "mask": mask_file,
                **dict(zip(("bbox_x", "bbox_y", "bbox_w", "bbox_h"), box, strict=True)),
                **_alignment_cells(detection),
                "recipe_sha256": self._recipe_sha256,
                "model_id": model.model_id,
                "model_sha256": model.sha256,
                **_class_cells(detection),
            }
        )
        self._stream.flush()

    def _stem_of(self, name: str) -> str:
        """Output name without suffix; `a.tif` after `a.png` keeps its suffix so that neither is overwritten."""
        file, _, page = name.partition("#page=")
        path = PurePosixPath(file)
        stem = str(path.with_suffix("")) + (f".page{page}" if page else "")
        while stem.casefold() in self._taken:
            stem += path.suffix or "_"
        self._taken.add(stem.casefold())
        return stem


def _alignment_cells(detection: Detection) -> dict[str, str]:
    """Empty where there is no reference; no shift where it is not trusted."""
    found = detection.alignment
    if found is None:
        return {}
    cells = {
        "reference": detection.reference,
        "align_confidence": f"{found.confidence:.4f}",
        "align_problem": found.reason,
    }
    if found.is_trusted:
        cells |= {
            "align_dx": f"{found.dx:.3f}",
            "align_dy": f"{found.dy:.3f}",
            "align_ambiguous": str(int(found.is_ambiguous)),
        }
    return cells


def _class_cells(detection: Detection) -> dict[str, str]:
    """Empty where the detector knows of no classes."""
    guess = detection.guess
    if guess is None:
        return {}
    return {"class_name": guess.name, "class_confidence": f"{guess.confidence:.4f}"}


def _not_writable(folder: Path, error: OSError) -> UserError:
    return UserError(
        f"The results cannot be written to {folder}: {error.strerror}.", "Choose another --out folder."
    )
