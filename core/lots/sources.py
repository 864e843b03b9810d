"""What a user points at, listed as files to read: a folder, one file, several files."""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.domain.errors import UserError
from core.domain.paths import text_of

IMAGE_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg"})

_OUTPUT_TABLE = "detections.csv"
_OUTPUT_FOLDERS = frozenset({"maps", "masks"})
_NO_TEXT = "The name of the file, or of a folder that it lies in, is not valid text."


@dataclass(frozen=True, slots=True)
class Entry:
    """One file to read.

    Attributes:
        name: path relative to the lot's root, with forward slashes.
        reference, label: as the manifest gives them; a page of a stack is written as `paths.with_page` does.
        page: 0-based, where one page of the file is meant and not all of them.
        problem: why it cannot be read, where that is known before it is opened.
    """

    path: Path
    name: str
    reference: Path | None = None
    label: str | None = None
    problem: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A lot before its images are read; the fields are those of the Lot."""

    name: str
    source: Path
    root: Path
    entries: tuple[Entry, ...]


def list_folder(folder: Path) -> Listing:
    """All image files below a folder, in natural order; hidden ones and Residua's own output are left out.

    Raises:
        UserError: the folder cannot be opened or holds no image file.
    """
    try:
        entries = _scan(folder, folder, frozenset())
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be opened: {error.strerror}.") from error
    if not entries:
        suffixes = ", ".join(sorted(suffix[1:] for suffix in IMAGE_SUFFIXES))
        raise UserError(f"The folder {folder} holds no image files.", f"Looked for: {suffixes}.")
    return Listing(folder.name or str(folder), folder, folder, tuple(sorted(entries, key=_natural_order)))


def list_file(path: Path) -> Listing:
    """One file."""
    return Listing(path.stem, path, path.parent, (make_entry(path, path.parent),))


def list_files(paths: Sequence[Path]) -> Listing:
    """Several files in their order, folders among them expanded; a file named twice is read once.

    The selection is a lot of its own, beside that of its folder and those of other selections: its source is the
    folder and a fingerprint of the paths, whatever their order, so that the same selection finds the same lot.

    Args:
        paths: absolute and without `..`.

    Raises:
        UserError: nothing is named, or a folder among them cannot be listed.
    """
    root = common_folder([path.parent for path in paths])
    entries: dict[Path, Entry] = {}
    for path in paths:
        members = list_folder(path).entries if path.is_dir() else (make_entry(path, root),)
        entries |= {member.path: _named_from(root, member) for member in members}
    title = f"selection of {len(set(paths))}"
    source = root / f"{title} [{_fingerprint(paths)}]"
    return Listing(f"{root.name or root} ({title})", source, root, tuple(entries.values()))


def _named_from(root: Path, entry: Entry) -> Entry:
    named = make_entry(entry.path, root)
    return replace(named, problem=entry.problem or named.problem)


def _fingerprint(paths: Sequence[Path]) -> str:
    lines = sorted(str(path) for path in set(paths))
    return hashlib.sha256(os.fsencode("\n".join(lines))).hexdigest()[:12]


def common_folder(folders: Sequence[Path]) -> Path:
    """The deepest folder that holds all of them; the first where they lie on different drives.

    Raises:
        UserError: there are none.
    """
    if not folders:
        raise UserError("No files were chosen.")
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:
        return folders[0]


def make_entry(path: Path, root: Path, *, reference: Path | None = None, label: str | None = None) -> Entry:
    """The entry of a file, named relative to the root; a name that is no text is a problem of its own."""
    relative = path.relative_to(root) if path.is_relative_to(root) else path.relative_to(path.anchor)
    name = relative.as_posix()
    if text_of(name) == name:
        return Entry(path, name, reference, label)
    return Entry(Path(text_of(path)), text_of(name), problem=_NO_TEXT)


def _scan(folder: Path, root: Path, parents: frozenset[Path]) -> list[Entry]:
    """Image files below `folder`; `parents` are the real folders above, against links that run in circles.

    Raises:
        OSError: the folder cannot be opened.
    """
    real = folder.resolve()
    if real in parents:
        return []
    members = [member for member in folder.iterdir() if not member.name.startswith(".")]
    is_output = any(member.name == _OUTPUT_TABLE for member in members)
    entries: list[Entry] = []
    for member in members:
        if not member.is_dir():
            entries += [make_entry(member, root)] if member.suffix.lower() in IMAGE_SUFFIXES else []
        elif not (is_output and member.name in _OUTPUT_FOLDERS):
            entries += _scan_below(member, root, parents | {real})
    return entries


def _scan_below(folder: Path, root: Path, parents: frozenset[Path]) -> list[Entry]:
    try:
        return _scan(folder, root, parents)
    except OSError as error:
        entry = make_entry(folder, root)
        return [Entry(entry.path, entry.name, problem=f"The folder cannot be opened: {error.strerror}.")]


def _natural_order(entry: Entry) -> list[list[tuple[bool, int, str]]]:
    """Sort key in which image 2 comes before image 10, folder by folder."""
    return [list(_pieces(part)) for part in entry.name.split("/")]


def _pieces(text: str) -> Iterator[tuple[bool, int, str]]:
    for piece in re.findall(r"[0-9]+|[^0-9]+", text):
        is_text = piece[0] not in "0123456789"
        yield is_text, 0 if is_text else int(piece), piece.casefold()
