"""CSV manifests: `image,reference,label`, one image a row."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from core.domain.errors import UserError
from core.domain.paths import source_path
from core.lots.sources import Entry, Listing, common_folder, make_entry

_HINT = "A manifest is a CSV file with the header image,reference,label; only image is required."


def list_manifest(manifest: Path) -> Listing:
    """The images that a manifest names, in its order; paths are relative to the manifest or absolute.

    Args:
        manifest: absolute path; UTF-8 or UTF-16 with or without a byte order mark; comma, semicolon or tab.

    Raises:
        UserError: it cannot be read, is no such table or names no image.
    """
    rows = list(_read_rows(manifest))
    if not rows:
        raise UserError(f"The manifest {manifest.name} names no images.", _HINT)
    folder = manifest.parent
    images = [_resolve(folder, row["image"]) for _, row in rows if row["image"]]
    root = common_folder([folder, *(image.parent for image in images)])
    entries: dict[str, Entry] = {}
    for line, row in rows:
        entry = _make_row_entry(manifest, root, line, row)
        if entry.name in entries:
            problem = f"The manifest names {entry.name} more than once; the first line counts."
            entry = Entry(entry.path, f"{entry.name} (line {line})", problem=problem)
        entries[entry.name] = entry
    return Listing(manifest.stem, manifest, root, tuple(entries.values()))


def _make_row_entry(manifest: Path, root: Path, line: int, row: dict[str, str]) -> Entry:
    if not row["image"]:
        return Entry(manifest, f"{manifest.name} (line {line})", problem="The line names no image.")
    reference = _resolve(manifest.parent, row["reference"]) if row["reference"] else None
    image = _resolve(manifest.parent, row["image"])
    return make_entry(image, root, reference=reference, label=row["label"] or None)


def _resolve(folder: Path, text: str) -> Path:
    # Manifests written on Windows are read elsewhere too. `..` goes, so that a name never leaves the root.
    return source_path(folder / text.replace("\\", "/"))


def _read_rows(manifest: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and the three known cells of every row that is not blank."""
    text = _read_text(manifest)
    header, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=header.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [cell.strip().lower() for cell in next(lines, [])]
        if "image" not in columns:
            raise UserError(f"The manifest {manifest.name} has no column named image.", _HINT)
        for cells in lines:
            if any(cell.strip() for cell in cells):
                row = dict(zip(columns, map(str.strip, cells), strict=False))
                yield lines.line_num, {name: row.get(name, "") for name in ("image", "reference", "label")}
    except csv.Error as error:
        raise UserError(f"Line {lines.line_num} of {manifest.name} is not valid CSV: {error}.") from error


def _read_text(manifest: Path) -> str:
    try:
        stored = manifest.read_bytes()
    except OSError as error:
        raise UserError(f"The manifest {manifest} cannot be read: {error.strerror}.") from error
    is_utf16 = stored.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = stored.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"The manifest {manifest.name} is not UTF-8 text.", "Save it as 'CSV UTF-8' and open it again."
        ) from error
    if "\0" in text:
        raise UserError(f"The manifest {manifest.name} is not a text file.", _HINT)
    return text
