"""Batches of a lot's pixels, the next one being decoded while one is measured."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.domain.lots import ImageRecord
from core.jobs import JobContext
from core.lots import read_pixels

READERS = 2
_BATCH_BYTES = 256 * 2**20
"""Decoded pixels of a batch at most. One is scored while the next is read, so up to 512 MiB are held."""


def batches_of(records: Sequence[ImageRecord], batch_size: int) -> Iterator[list[ImageRecord]]:
    """Up to `batch_size` records whose pixels together stay in bounds; a larger image stands alone."""
    batch: list[ImageRecord] = []
    for record in records:
        is_full = len(batch) == batch_size or sum(map(_decoded_bytes, [*batch, record])) > _BATCH_BYTES
        if batch and is_full:
            yield batch
            batch = []
        batch.append(record)
    if batch:
        yield batch


def _decoded_bytes(record: ImageRecord) -> int:
    return record.size_hw[0] * record.size_hw[1] * record.bit_depth // 8


def read_ahead(
    readers: ThreadPoolExecutor, batches: Iterator[list[ImageRecord]], ctx: JobContext
) -> Iterator[tuple[list[ImageRecord], list[GrayImage | UserError]]]:
    """Batches with their pixels, the next one being decoded meanwhile.

    Raises:
        JobCancelled: the owner cancelled; what waits to be decoded is not.
    """

    def submit(batch: list[ImageRecord]) -> list[Future[GrayImage | UserError]]:
        return [readers.submit(read_specimen, record, ctx) for record in batch]

    waiting = [(batch, submit(batch)) for batch in islice(batches, 1)]
    try:
        while waiting:
            batch, pending = waiting.pop()
            images = [reading.result() for reading in pending]
            waiting = [(following, submit(following)) for following in islice(batches, 1)]
            yield batch, images
    finally:
        for reading in chain.from_iterable(pending for _, pending in waiting):
            reading.cancel()


def read_specimen(record: ImageRecord, ctx: JobContext) -> GrayImage | UserError:
    """An image without its info bar, or why it cannot be read."""
    ctx.check()
    try:
        return read_pixels(record)[: record.content_height]
    except UserError as error:
        return error
