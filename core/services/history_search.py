"""Old lots: searching them, and finding their images again after a move."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.domain.errors import UserError
from core.domain.ids import ImageId, LotId
from core.domain.lots import ImageRecord
from core.domain.search import SearchResult, parse_search
from core.jobs import JobContext
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Relocation:
    """What became of a lot's images.

    Attributes:
        found: images that were pointed at their new place.
        in_place: images that lie where they were.
        missing: names of those that are nowhere in the folder.
        has_moved: the lot as a whole lies in the new folder, and is opened again from there.
    """

    found: int
    in_place: int
    missing: tuple[str, ...]
    has_moved: bool


def search_history(workspace: Workspace, text: str, ctx: JobContext, most: int = 500) -> SearchResult:
    """Find images in all lots by words and attributes, as `core.domain.search.parse_search` reads them.

    Raises:
        UserError: the text cannot be read as a search.
        JobCancelled: between its steps.
    """
    query = parse_search(text)
    ctx.report(0, 0, "Searching")
    return workspace.history.search.find(query, most, ctx.check)


def relocate_lot(workspace: Workspace, lot_id: LotId, folder: Path, ctx: JobContext) -> Relocation:
    """Find a lot's moved images in a folder, by what is in them.

    Raises:
        UserError: there is no such folder, or it is another lot's.
        JobCancelled: between files; nothing was changed.
    """
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.", "Give the folder where the images lie now.")
    folder = folder.absolute()
    records = {
        item.image_id: item.record
        for item in workspace.history.list_items(lot_id)
        if isinstance(item.record, ImageRecord)
    }
    hashes: dict[Path, str] = {}
    lost = {image_id: record for image_id, record in records.items() if not _is_there(record, hashes, ctx)}
    moved = _found(lost, folder, ctx)
    has_moved = bool(moved) and len(moved) == len(records) and _is_whole(moved, records, folder)
    if moved:
        workspace.history.relocate(lot_id, moved, folder if has_moved else None)
    missing = tuple(record.name for image_id, record in lost.items() if image_id not in moved)
    return Relocation(len(moved), len(records) - len(lost), missing, has_moved)


def _is_there(record: ImageRecord, hashes: dict[Path, str], ctx: JobContext) -> bool:
    """Whether the image's file has its bytes; a stack's file is read once for all its pages."""
    ctx.check()
    if record.path not in hashes:
        hashes[record.path] = _sha256(record.path)
    return hashes[record.path] == record.sha256


def _found(lost: Mapping[ImageId, ImageRecord], folder: Path, ctx: JobContext) -> dict[ImageId, Path]:
    """The new place of each image; the one with the old name goes before others with the same bytes."""
    wanted = {record.sha256 for record in lost.values()}
    places: dict[str, list[Path]] = {}
    files = list(_files(folder)) if wanted else []
    for file in ctx.track(files, "Looking for images"):
        if (sha256 := _sha256(file)) in wanted:
            places.setdefault(sha256, []).append(file)
    return {
        image_id: min(places[record.sha256], key=partial(_strangeness, record, folder))
        for image_id, record in lost.items()
        if record.sha256 in places
    }


def _strangeness(record: ImageRecord, folder: Path, file: Path) -> tuple[bool, bool, str]:
    bare = _file_name(record)
    return file != folder / bare, file.name != Path(bare).name, str(file)


def _is_whole(moved: Mapping[ImageId, Path], records: Mapping[ImageId, ImageRecord], folder: Path) -> bool:
    return all(path == folder / _file_name(records[image_id]) for image_id, path in moved.items())


def _file_name(record: ImageRecord) -> str:
    return record.name.partition("#page=")[0]


def _files(folder: Path) -> Iterator[Path]:
    for parent, _folders, names in os.walk(folder):
        yield from (Path(parent) / name for name in sorted(names))


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""  # gone, or not to be read: it is not what is looked for
