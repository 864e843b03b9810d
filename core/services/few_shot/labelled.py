"""Labelled images with or without masks: what a few-shot model is taught with."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.domain.arrays import BoolArray
from core.domain.errors import UserError
from core.domain.lots import FailedImage, ImageRecord
from core.jobs import JobContext
from core.lots import read_lot

TABLE = "labels.csv"
_HINT = "A table of shots is a CSV file with the header image,label,mask; the mask may be empty."
_IMAGE_COLUMNS = ("image", "file")


@dataclass(frozen=True, slots=True, eq=False)
class LabelledImage:
    """One shot as it lies on the disk.

    Attributes:
        label: its class; `normal` is defect-free.
        mask: a file, an array, or None where nobody drew one.
    """

    record: ImageRecord
    label: str
    mask: Path | BoolArray | None


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    image: str
    label: str
    mask: str


def read_labelled(
    source: Path, labels: Path | None, masks: Path | None, ctx: JobContext
) -> tuple[LabelledImage, ...]:
    """The labelled images of a folder; those that cannot be read are emitted as FailedImages.

    Args:
        source: a folder of images, or one that holds images/, masks/ and labels.csv.
        labels: CSV with image,label and maybe mask; None for labels.csv in `source`. Names are relative to the
            images' folder, masks to the table's; a mask of the same name in `masks` is found without being named.
        masks: folder of masks; None for masks/ in `source` or beside the table.

    Raises:
        UserError: the table cannot be read, or names an image or a mask that is not there.
        JobCancelled: between files.
    """
    table = labels or source / TABLE
    images = source / "images" if (source / "images").is_dir() else source
    rows = list(_read_rows(table))
    lot = read_lot(images, ctx)
    records = {record.name: record for record in lot.images}
    failures = {failure.name: failure for failure in lot.failures}
    folders = [folder for folder in (masks, source / "masks", table.parent / "masks") if folder is not None]
    found: list[LabelledImage] = []
    for row in rows:
        if row.image in failures:
            ctx.emit(failures[row.image])
        elif row.image not in records:
            raise UserError(
                f"Line {row.line} of {table.name} names {row.image}, which is not among the images.",
                f"Names are relative to {images}, with forward slashes.",
            )
        else:
            found.append(LabelledImage(records[row.image], row.label, _mask_of(row, table, folders)))
    return _once_each(found, ctx)


def _once_each(found: list[LabelledImage], ctx: JobContext) -> tuple[LabelledImage, ...]:
    """The same content twice would be trained on and held back."""
    first: dict[tuple[str, int], str] = {}
    kept: list[LabelledImage] = []
    for one in found:
        record = one.record
        name = first.setdefault((record.sha256, record.page), record.name)
        if name == record.name and one.record not in [other.record for other in kept]:
            kept.append(one)
        else:
            ctx.emit(FailedImage(record.path, record.name, f"It is the same image as {name}."))
    return tuple(kept)


def _mask_of(row: _Row, table: Path, folders: list[Path]) -> Path | None:
    if row.mask:
        path = table.parent / row.mask
        if not path.is_file():
            raise UserError(f"Line {row.line} of {table.name} names the mask {row.mask}, which is not there.")
        return path
    stem = Path(row.image).with_suffix(".png")
    return next((folder / stem for folder in folders if (folder / stem).is_file()), None)


def _read_rows(table: Path) -> Iterator[_Row]:
    text = _read_text(table)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [cell.strip().lower() for cell in next(lines, [])]
        image = next((name for name in _IMAGE_COLUMNS if name in columns), None)
        if image is None or "label" not in columns:
            raise UserError(f"{table.name} has no column {'label' if image else 'image'}.", _HINT)
        for cells in lines:
            if any(map(str.strip, cells)):
                row = dict(zip(columns, map(str.strip, cells), strict=False))
                yield _checked(table, lines.line_num, row, image)
    except csv.Error as error:
        raise UserError(f"Line {lines.line_num} of {table.name} is not valid CSV: {error}.") from error


def _checked(table: Path, line: int, row: dict[str, str], image: str) -> _Row:
    name, label = row.get(image, "").replace("\\", "/"), row.get("label", "")
    if not name or not label:
        raise UserError(f"Line {line} of {table.name} has no {'label' if name else 'image'}.", _HINT)
    return _Row(line, name, label, row.get("mask", "").replace("\\", "/"))


def _read_text(table: Path) -> str:
    try:
        return table.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"The labels {table} cannot be read: {error.strerror}.", _HINT) from error
    except UnicodeDecodeError as error:
        raise UserError(f"{table.name} is not UTF-8 text.", "Save it as 'CSV UTF-8'.") from error
