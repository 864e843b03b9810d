"""One file to its image records: hashed, decoded once to know that it is whole, measured.

Pages of a long stack are listed by their headers instead: they are decoded when they are looked at.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import numpy as np

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.domain.lots import FailedImage, ImageRecord
from core.jobs import JobContext
from core.lots.content import open_content, sha256_of
from core.lots.guards import decoding
from core.lots.hitachi import read_hitachi_metadata
from core.lots.info_bar import detect_content_height
from core.lots.metadata import SemMetadata, read_sem_metadata
from core.lots.sources import Entry
from core.lots.still import read_still
from core.lots.tiff import Stack, decode_page, image_pages, is_tiff, open_tiff
from core.lots.tiff_headers import PageHeaders, read_headers

LONG_STACK = 500
"""Pages from which on a stack is listed by its headers."""
_PROBES = 8
"""Pages of it that are decoded all the same, to see whether they have an info bar."""
_CHECK_EVERY = 1000


def read_records(entry: Entry, ctx: JobContext) -> Iterator[ImageRecord | FailedImage]:
    """The image or images of a file; what cannot be read becomes a FailedImage with the reason.

    Raises:
        JobCancelled: the owner cancelled the job.
    """
    try:
        if entry.problem:
            raise UserError(entry.problem)
        with open_content(entry.path) as stream:
            sha256 = sha256_of(stream)
            if is_tiff(stream):
                yield from _page_records(entry, stream, sha256, ctx)
            else:
                yield _make_record(entry, entry.name, 0, sha256, read_still(stream), SemMetadata())
    except UserError as error:
        yield FailedImage(entry.path, entry.name, str(error))


def read_pages(entries: Sequence[Entry], ctx: JobContext) -> Iterator[ImageRecord | FailedImage]:
    """One record an entry, all of one file, each of a page of it; otherwise as `read_records`.

    Raises:
        JobCancelled: the owner cancelled the job.
    """
    rest = list(reversed(entries))
    try:
        with open_content(entries[0].path) as stream:
            for record in _named_pages(entries, stream, ctx):
                rest.pop()
                yield record
    except UserError as error:
        yield from (FailedImage(entry.path, entry.name, str(error)) for entry in reversed(rest))


def _named_pages(
    entries: Sequence[Entry], stream: BinaryIO, ctx: JobContext
) -> Iterator[ImageRecord | FailedImage]:
    sha256 = sha256_of(stream)
    if is_tiff(stream):
        with decoding("TIFF"):
            headers = read_headers(stream)
        named = [(entry, entry.name, entry.page or 0) for entry in entries]
        yield from _stack_records(named, stream, headers, sha256, ctx)
    else:
        still = read_still(stream)
        yield from (_still_record(entry, sha256, still) for entry in entries)


def _still_record(entry: Entry, sha256: str, still: GrayImage) -> ImageRecord | FailedImage:
    if entry.page:
        return FailedImage(entry.path, entry.name, f"The file has no page {entry.page + 1}; it is one image.")
    return _make_record(entry, entry.name, 0, sha256, still, SemMetadata())


def _page_records(
    entry: Entry, stream: BinaryIO, sha256: str, ctx: JobContext
) -> Iterator[ImageRecord | FailedImage]:
    with decoding("TIFF"):
        headers = read_headers(stream)
    numbers = np.flatnonzero(~headers.is_reduced).tolist()
    if len(numbers) < LONG_STACK:
        with open_tiff(stream, headers.offsets) as stack:
            numbers = image_pages(stack)
    names = [entry.name if len(numbers) == 1 else f"{entry.name}#page={number + 1}" for number in numbers]
    named = [(entry, name, number) for name, number in zip(names, numbers, strict=True)]
    yield from _stack_records(named, stream, headers, sha256, ctx)


def _stack_records(
    named: Sequence[tuple[Entry, str, int]],
    stream: BinaryIO,
    headers: PageHeaders,
    sha256: str,
    ctx: JobContext,
) -> Iterator[ImageRecord | FailedImage]:
    """Records of pages of one stack: entry, name and number each."""
    with open_tiff(stream, headers.offsets) as stack:
        is_long = len(named) >= LONG_STACK
        listed = _listed_pages(headers) if is_long else {}
        heights = _content_heights(stack, list(listed)) if listed else {}
        for done, (entry, name, number) in enumerate(named):
            if not is_long or done % _CHECK_EVERY == 0:
                ctx.check()
            found = listed.get(number)
            if found is None:
                yield _decoded_record(entry, name, number, sha256, stack)
            else:
                size_hw, bit_depth = found
                yield ImageRecord(
                    entry.path, name, number, sha256, size_hw, bit_depth, heights.get(size_hw, size_hw[0]),
                    None, entry.reference, entry.label,
                )  # fmt: skip


def _listed_pages(headers: PageHeaders) -> dict[int, tuple[tuple[int, int], int]]:
    """Size and bit depth of the pages that their headers alone tell."""
    pages = np.flatnonzero(headers.is_plain)
    sizes, depths = headers.sizes_hw[pages].tolist(), headers.bit_depths[pages].tolist()
    return {
        page: ((height, width), depth)
        for page, (height, width), depth in zip(pages.tolist(), sizes, depths, strict=True)
    }


def _content_heights(stack: Stack, pages: list[int]) -> dict[tuple[int, int], int]:
    """Rows of specimen by size of page, where a sample spread over the stack agrees about them."""
    heights: dict[tuple[int, int], set[int]] = {}
    for page in pages[:: max(1, len(pages) // _PROBES)][:_PROBES]:
        try:
            pixels = decode_page(stack, page)
        except UserError:
            continue  # it is told when it is looked at
        heights.setdefault((pixels.shape[0], pixels.shape[1]), set()).add(detect_content_height(pixels))
    return {size: found.pop() for size, found in heights.items() if len(found) == 1}


def _decoded_record(
    entry: Entry, name: str, number: int, sha256: str, stack: Stack
) -> ImageRecord | FailedImage:
    try:
        pixels = decode_page(stack, number)
        return _make_record(entry, name, number, sha256, pixels, read_sem_metadata(stack.page(number)))
    except UserError as error:
        return FailedImage(entry.path, name, str(error))


def _make_record(
    entry: Entry, name: str, page: int, sha256: str, pixels: GrayImage, metadata: SemMetadata
) -> ImageRecord:
    height, width = pixels.shape
    if metadata.pixel_size is None:
        beside = read_hitachi_metadata(entry.path, width, height)
        metadata = SemMetadata(beside.pixel_size, metadata.specimen_rows or beside.specimen_rows)
    return ImageRecord(
        path=entry.path,
        name=name,
        page=page,
        sha256=sha256,
        size_hw=(height, width),
        bit_depth=16 if pixels.dtype == np.uint16 else 8,
        content_height=metadata.specimen_rows or detect_content_height(pixels),
        pixel_size=metadata.pixel_size,
        reference=entry.reference,
        label=entry.label,
    )
