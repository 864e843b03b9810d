"""One file to its image records: hashed, decoded once to know that it is whole, measured."""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.domain.lots import FailedImage, ImageRecord
from core.jobs import JobContext
from core.lots.content import open_content, sha256_of
from core.lots.info_bar import detect_content_height
from core.lots.metadata import SemMetadata, read_sem_metadata
from core.lots.sources import Entry
from core.lots.still import read_still
from core.lots.tiff import decode_page, image_pages, is_tiff, open_tiff


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


def _page_records(
    entry: Entry, stream: BinaryIO, sha256: str, ctx: JobContext
) -> Iterator[ImageRecord | FailedImage]:
    with open_tiff(stream) as stack:
        numbers = image_pages(stack)
        for number in numbers:
            ctx.check()
            name = entry.name if len(numbers) == 1 else f"{entry.name}#page={number + 1}"
            try:
                pixels = decode_page(stack, number)
                metadata = read_sem_metadata(stack.page(number))
                yield _make_record(entry, name, number, sha256, pixels, metadata)
            except UserError as error:
                yield FailedImage(entry.path, name, str(error))


def _make_record(
    entry: Entry, name: str, page: int, sha256: str, pixels: GrayImage, metadata: SemMetadata
) -> ImageRecord:
    height, width = pixels.shape
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
