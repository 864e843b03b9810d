"""Loading a lot."""

from collections.abc import Sequence
from itertools import chain, repeat
from operator import itemgetter
from pathlib import Path

from core.domain.errors import UserError
from core.domain.lots import FailedImage, ImageRecord, Lot
from core.domain.paths import source_path
from core.jobs import JobContext
from core.lots.manifest import list_manifest
from core.lots.records import read_pages, read_records
from core.lots.references import pair_by_name, with_references
from core.lots.sources import Entry, Listing, list_file, list_files, list_folder


def read_lot(source: Path | Sequence[Path], ctx: JobContext, references: Path | None = None) -> Lot:
    """Read a lot from a folder (recursive), an image file, a CSV manifest or a list of files.

    Every image is decoded once, so that a lot holds only images that can be reviewed. One that is broken,
    truncated, empty, over 64 Mpx or no image becomes a FailedImage, and the batch goes on.

    Args:
        source: in a folder, files without an image suffix are skipped; files named one by one are all tried.
        references: a golden image for all, or a folder of references; a manifest's references, or those known by
            the names beside their images, give way to them.
        ctx: reports progress by file; cancel is honoured between files and between the pages of a stack.

    Raises:
        UserError: the source is missing, holds no images, or is a manifest that cannot be read; or the references
            are missing.
        JobCancelled: the owner cancelled the job.
    """
    try:
        listing = pair_by_name(_list(source))
        if references is not None:
            listing = with_references(listing, references)
    except OSError as error:
        raise UserError(f"{source} cannot be opened: {error.strerror}.") from error
    return read_listing(listing, ctx)


def read_listing(listing: Listing, ctx: JobContext) -> Lot:
    """Read the images of a listing, each file once; otherwise as `read_lot`.

    Args:
        listing: entries of whole files, and of pages of stacks in any order.
        ctx: reports progress by file.

    Raises:
        JobCancelled: the owner cancelled the job.
    """
    found: list[tuple[int, ImageRecord | FailedImage]] = []
    for places, entries in ctx.track(_by_file(listing.entries), "Reading images"):
        records = read_pages(entries, ctx) if entries[0].page is not None else read_records(entries[0], ctx)
        found += zip(chain(places, repeat(places[-1])), records, strict=False)
    found.sort(key=itemgetter(0))
    return Lot(
        listing.name,
        listing.source,
        listing.root,
        tuple(record for _, record in found if isinstance(record, ImageRecord)),
        tuple(record for _, record in found if isinstance(record, FailedImage)),
    )


def _by_file(entries: Sequence[Entry]) -> list[tuple[list[int], list[Entry]]]:
    """Entries with their places: whole files alone, pages of one file together."""
    groups: dict[Path | int, tuple[list[int], list[Entry]]] = {}
    for place, entry in enumerate(entries):
        places, same = groups.setdefault(place if entry.page is None else entry.path, ([], []))
        places.append(place)
        same.append(entry)
    return list(groups.values())


def _list(source: Path | Sequence[Path]) -> Listing:
    if not isinstance(source, Path):
        paths = list(dict.fromkeys(source_path(path) for path in source))
        return list_files(paths) if len(paths) != 1 else _list(paths[0])
    path = source_path(source)
    if path.is_dir():
        return list_folder(path)
    if not path.exists():
        raise UserError(f"{source} does not exist.", "Check the path, or that the drive is connected.")
    return list_manifest(path) if path.suffix.lower() == ".csv" else list_file(path)
