"""Images of defects as files and pages, tests with their references."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray
from core.klarf.cells import distinct_texts, numbers_of
from core.klarf.document import DefectList, Klarf
from core.klarf.table import NO_TOKEN

NONE = -1
_REFERENCE_KINDS = frozenset({"31"})
_REFERENCE_WORD = "ref"

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as a KLARF names it, and the format that it gives it."""

    name: str
    file_format: str


@dataclass(frozen=True, slots=True, eq=False)
class DefectImages:
    """Images to look at, in the order of the file.

    Attributes:
        files: that images are in.
        defects: (M,) int64 number of the defect, in the order of the file.
        test_files, test_pages: (M,) int64 what is looked at: which of `files`, and the page from 0. NONE where the
            defect has reference images alone, or the page's number is none.
        reference_files, reference_pages: (M,) int64 the same place without the defect; NONE where there is none.
    """

    files: tuple[NamedFile, ...]
    defects: Numbers
    test_files: Numbers
    test_pages: Numbers
    reference_files: Numbers
    reference_pages: Numbers


def defect_images(klarf: Klarf) -> DefectImages:
    """The images of all defects; a defect without images has none.

    Of several references the one at the test's own place among the tests is taken, else the first.
    """
    files: dict[NamedFile, int] = {}
    parts = [np.zeros((5, 0), np.int64)]
    base = 0
    for wafer in klarf.wafers:
        for found in wafer.defect_lists:
            if len(found.images.rows):
                parts.append(_of_list(klarf, found, base, files))
            base += len(found.table)
    return DefectImages(tuple(files), *np.concatenate(parts, axis=1))


def _of_list(klarf: Klarf, found: DefectList, base: int, files: dict[NamedFile, int]) -> Numbers:
    """(5, M) the columns of DefectImages."""
    pages, is_reference = _pages(klarf, found)
    file_of = _files(klarf, found, files)
    tests, references = _paired(found.images.rows, is_reference)
    has_test, has_reference = tests != NONE, references != NONE
    shown = np.where(has_test, tests, references)
    return np.stack(
        [
            found.images.rows[shown].astype(np.int64) + base,
            np.where(has_test, file_of[tests], NONE),
            np.where(has_test, pages[tests], NONE),
            np.where(has_reference, file_of[references], NONE),
            np.where(has_reference, pages[references], NONE),
        ]
    )


def _paired(rows: NDArray[np.int32], is_reference: BoolArray) -> tuple[Numbers, Numbers]:
    """Indices of each test and of its reference; a defect with references alone counts once, without a test."""
    group = np.concatenate([[0], np.cumsum(np.diff(rows) != 0)])
    groups = int(group[-1]) + 1
    tests, references = np.flatnonzero(~is_reference), np.flatnonzero(is_reference)
    test_counts = np.bincount(group[tests], minlength=groups)
    reference_counts = np.bincount(group[references], minlength=groups)
    first_test, first_reference = (np.cumsum(n) - n for n in (test_counts, reference_counts))
    of = group[tests]
    place = np.arange(len(tests)) - first_test[of]
    partner = first_reference[of] + np.where(test_counts[of] == reference_counts[of], place, 0)
    paired = np.full(len(tests), NONE, np.int64)
    has_partner = reference_counts[of] > 0
    paired[has_partner] = references[partner[has_partner]]
    alone = references[first_reference[(test_counts == 0) & (reference_counts > 0)]]
    joined = np.concatenate([tests, np.full(len(alone), NONE)]), np.concatenate([paired, alone])
    order = np.argsort(np.concatenate([group[tests], group[alone]]), kind="stable")
    return joined[0][order].astype(np.int64), joined[1][order].astype(np.int64)


def _pages(klarf: Klarf, found: DefectList) -> tuple[Numbers, BoolArray]:
    """(M,) page from 0 of each image, and whether it is a reference."""
    numbers = numbers_of(klarf.source, klarf.tokens, found.images.numbers)
    valid = (numbers >= 1) & (numbers < 2**31) & (numbers == np.floor(numbers))
    pages = np.where(valid, np.where(valid, numbers, 0) - 1, NONE).astype(np.int64)
    kinds, kind_of = distinct_texts(klarf.source, klarf.tokens, found.images.kinds)
    is_reference = np.array([kind in _REFERENCE_KINDS or _REFERENCE_WORD in kind.lower() for kind in kinds])
    return pages, is_reference[kind_of]


def _files(klarf: Klarf, found: DefectList, files: dict[NamedFile, int]) -> Numbers:
    """(M,) which of `files` each image is in; new ones are added. An own path goes before the list's file."""
    images = found.images
    shared = [files.setdefault(NamedFile(name, ""), len(files)) for name in found.image_files]
    file_of = np.array(shared, np.int64)[found.file_of[images.rows]]
    named = np.flatnonzero(images.paths != NO_TOKEN)
    if len(named):
        paths, path_of = distinct_texts(klarf.source, klarf.tokens, images.paths[named])
        formats, format_of = distinct_texts(klarf.source, klarf.tokens, images.formats[named])
        pairs, pair_of = np.unique(path_of * len(formats) + format_of, return_inverse=True)
        own = [
            NamedFile(paths[pair // len(formats)], formats[pair % len(formats)]) for pair in pairs.tolist()
        ]
        numbers = [files.setdefault(file, len(files)) for file in own]
        file_of[named] = np.array(numbers, np.int64)[pair_of.reshape(-1)]
    return file_of
