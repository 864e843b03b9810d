"""A KLARF as a lot: its defects' images, tests beside their references, and where they lie on the wafer."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.domain.garbage import no_garbage_collection
from core.domain.lots import Lot
from core.domain.paths import source_path, with_page
from core.domain.wafers import LotSites
from core.jobs import JobContext
from core.klarf import Klarf, is_klarf, read_klarf
from core.klarf.geometry import defect_sites, wafer_plan
from core.klarf.image_paths import FoundFile, ImageFolder
from core.klarf.image_refs import NONE, DefectImages, defect_images
from core.lots import read_listing, read_lot
from core.lots.references import with_references
from core.lots.sources import IMAGE_SUFFIXES, Entry, Listing

_log = logging.getLogger(__name__)
_NO_TEST = "The defect has a reference image and no image of its own."
_NO_NUMBER = "The number of the image is none; pages count from 1."


def read_source(source: Path | Sequence[Path], ctx: JobContext, references: Path | None = None) -> Lot:
    """Read a lot from whatever can be one: a folder, image files, a CSV manifest or a KLARF.

    Args:
        source: a file that begins as a KLARF does is one, whatever its suffix.
        ctx: reports progress by file.
        references: a golden image for all, or a folder of references.

    Raises:
        UserError: there is nothing to read, or the KLARF cannot be understood.
        JobCancelled: the owner cancelled the job.
    """
    paths = [source] if isinstance(source, Path) else list(source)
    if len(paths) == 1 and is_klarf_source(paths[0]):
        return read_klarf_lot(source_path(paths[0]), ctx, references)
    return read_lot(source, ctx, references)


def is_klarf_source(path: Path) -> bool:
    """Whether a path is a KLARF; images and manifests are told by their suffix and not opened."""
    path = source_path(path)
    return path.suffix.lower() not in {*IMAGE_SUFFIXES, ".csv"} and is_klarf(path)


def read_klarf_lot(path: Path, ctx: JobContext, references: Path | None = None) -> Lot:
    """The images of a KLARF's defects; a KLARF without images is a lot without images.

    A defect with several images has as many in the lot. An image that cannot be found, or whose path leads out of
    the KLARF's folder, becomes a FailedImage with the reason.

    Args:
        path: absolute; images are looked for below its folder.
        ctx: reports progress by file.
        references: instead of those that the KLARF names.

    Raises:
        UserError: the KLARF cannot be read.
        JobCancelled: the owner cancelled the job.
    """
    with no_garbage_collection():
        return _read_lot(path, ctx, references)


def _read_lot(path: Path, ctx: JobContext, references: Path | None) -> Lot:
    ctx.report(0, 0, "Reading the KLARF")
    klarf = read_klarf(path)
    for notice in klarf.notices:
        _log.warning("%s: %s", path.name, notice)
    ctx.check()
    plans = tuple(wafer_plan(klarf, wafer) for wafer in klarf.wafers)
    defects = defect_sites(klarf, plans)
    entries, shown = list_images(klarf, path.parent, defects.defect_ids)
    listing = Listing(path.stem, path, path.parent, entries)
    if references is not None:
        listing = with_references(listing, references)
    lot = read_listing(listing, ctx)
    names = {entry.name: defect for entry, defect in zip(entries, shown, strict=True)}
    return replace(lot, sites=LotSites(sha256_of_klarf(klarf), plans, defects, names, class_names(klarf)))


def sha256_of_klarf(klarf: Klarf) -> str:
    """Of the file's bytes, as hex."""
    return hashlib.sha256(klarf.source.raw).hexdigest()


def class_names(klarf: Klarf) -> dict[int, str]:
    """The class lookup by number; of a number that stands twice the first name counts."""
    known = klarf.classes
    return {} if known is None else dict(reversed(list(zip(known.numbers, known.names, strict=True))))


def list_images(klarf: Klarf, root: Path, defect_ids: Sequence[str]) -> tuple[tuple[Entry, ...], list[int]]:
    """One entry an image to look at, in the order of the file, and which defect each shows."""
    images = defect_images(klarf)
    folder = ImageFolder(root)
    found = [folder.find(file.name, file.file_format) for file in images.files]
    namer = _Namer(root, found, _paged_files(images, found), defect_ids)
    columns = (
        images.defects, images.test_files, images.test_pages, images.reference_files, images.reference_pages,
    )  # fmt: skip
    rows = zip(*(column.tolist() for column in columns), strict=True)
    entries = tuple(
        namer.entry(defect, test, page, _reference(found, reference, reference_page))
        for defect, test, page, reference, reference_page in rows
    )
    return entries, images.defects.tolist()


def _paged_files(images: DefectImages, found: Sequence[FoundFile]) -> frozenset[Path]:
    """Files of which more than the first page is used, so that the page belongs to an image's name."""
    files = [*images.test_files[images.test_pages > 0], *images.reference_files[images.reference_pages > 0]]
    return frozenset(found[file].path for file in set(files) if file != NONE)


_NOWHERE = "refused-reference"  # below a path that is a link or not there, so that nothing is opened


def _reference(found: Sequence[FoundFile], file: int, page: int) -> Path | None:
    """The reference as a path; of one that is refused or not there it leads nowhere, and comparing says so."""
    if file == NONE or page == NONE:
        return None
    path = found[file].path
    if found[file].problem:
        return path / _NOWHERE
    return with_page(path, page) if page else path


class _Namer:
    """Makes entries whose names are told apart: by page, and where two defects share an image by defect."""

    def __init__(
        self, root: Path, found: Sequence[FoundFile], paged: frozenset[Path], defect_ids: Sequence[str]
    ) -> None:
        self._root, self._found, self._paged, self._defect_ids = root, found, paged, defect_ids
        self._taken: set[str] = set()
        self._stems = [_name_below(root, file.path) for file in found]

    def entry(self, defect: int, file: int, page: int, reference: Path | None) -> Entry:
        """The entry of an image."""
        if file == NONE:
            return Entry(
                self._root, self._free(f"defect {self._defect_ids[defect]}", defect), problem=_NO_TEST
            )
        path = self._found[file].path
        problem = self._found[file].problem or (_NO_NUMBER if page == NONE else "")
        name = f"{self._stems[file]}#page={page + 1}" if path in self._paged else self._stems[file]
        named_page = None if problem else page
        return Entry(path, self._free(name, defect), reference, problem=problem, page=named_page)

    def _free(self, name: str, defect: int) -> str:
        if name in self._taken:
            name = f"{name}#defect={self._defect_ids[defect]}"
        while name in self._taken:
            name += "'"
        self._taken.add(name)
        return name


def _name_below(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
