"""Loading a lot."""

from collections.abc import Sequence
from pathlib import Path

from core.domain.errors import UserError
from core.domain.lots import FailedImage, ImageRecord, Lot
from core.domain.paths import source_path
from core.jobs import JobContext
from core.lots.manifest import list_manifest
from core.lots.records import read_records
from core.lots.references import pair_by_name, with_references
from core.lots.sources import Listing, list_file, list_files, list_folder


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
    images: list[ImageRecord] = []
    failures: list[FailedImage] = []
    for entry in ctx.track(listing.entries, "Reading images"):
        for record in read_records(entry, ctx):
            if isinstance(record, ImageRecord):
                images.append(record)
            else:
                failures.append(record)
    return Lot(listing.name, listing.source, listing.root, tuple(images), tuple(failures))


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
