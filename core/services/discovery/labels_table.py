"""The table of labels that `residua discover` is given: `image,label`, one image a row."""

import csv
import io
from collections.abc import Collection
from pathlib import Path

from core.domain.errors import UserError

_HINT = "A table of labels is a CSV file with the header image,label; normal means defect-free."
_COLUMNS = ("image", "label")


def read_labels(path: Path, images: Collection[str]) -> dict[str, str]:
    """Labels by image name.

    Args:
        path: UTF-8, with or without a byte order mark; comma, semicolon or tab.
        images: names that there are, relative to the lot's root.

    Raises:
        UserError: it cannot be read, is no such table, or a line names no image or class, an image that is not there,
            or one that has another label already; the sentence says which line.
    """
    labels: dict[str, str] = {}
    for line, image, label in _read_rows(path):
        place = f"Line {line} of {path.name}"
        if not image or not label:
            raise UserError(f"{place} has no {'label' if image else 'image'}.", _HINT)
        if image not in images:
            raise UserError(
                f"{place} names {image}, which is not among the images.",
                "Names are relative to INPUT, with forward slashes.",
            )
        if labels.setdefault(image, label) != label:
            raise UserError(f"{place} labels {image} as {label}; it is {labels[image]} already.")
    return labels


def _read_rows(path: Path) -> list[tuple[int, str, str]]:
    text = _read_text(path)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip().lower() for cell in next(lines, [])]
        if missing := [name for name in _COLUMNS if name not in header]:
            raise UserError(f"{path.name} has no column {missing[0]}.", _HINT)
        return [(lines.line_num, *_cells(header, row)) for row in lines if any(map(str.strip, row))]
    except csv.Error as error:
        raise UserError(f"Line {lines.line_num} of {path.name} is not valid CSV: {error}.") from error


def _cells(header: list[str], row: list[str]) -> tuple[str, str]:
    cells = dict(zip(header, map(str.strip, row), strict=False))
    return cells.get("image", "").replace("\\", "/"), cells.get("label", "")


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"The labels {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name} is not UTF-8 text.", "Save it as 'CSV UTF-8'.") from error
