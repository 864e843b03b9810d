"""Where a TIFF's parts lie: a decoder fills what is missing with zeros, so completeness is checked here."""

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray
from tifffile import TiffPage

from core.domain.errors import UserError
from core.lots.guards import MAX_PIXELS

Offsets: TypeAlias = NDArray[np.int64]

_MAX_TAGS = 4096
_TYPE_BYTES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How a TIFF file counts: byte order and the widths of its fields."""

    order: str
    count: str
    offset: str
    tag_bytes: int
    first_at: int


_DIALECTS = {
    b"II*\0": _Dialect("<", "H", "I", 12, 4),
    b"MM\0*": _Dialect(">", "H", "I", 12, 4),
    b"II+\0": _Dialect("<", "Q", "Q", 20, 8),
    b"MM\0+": _Dialect(">", "Q", "Q", 20, 8),
}


def is_tiff(stream: BinaryIO) -> bool:
    """Whether the stream starts as a classic or big TIFF; the stream is left at its start."""
    stream.seek(0)
    magic = stream.read(4)
    stream.seek(0)
    return magic in _DIALECTS


def page_offsets(stream: BinaryIO) -> Offsets:
    """Byte offsets of the page headers, followed strictly to the end of their chain.

    Returns:
        (P,) int64; a stack of 100,000 pages takes a fraction of a second.

    Raises:
        UserError: the chain leaves the file, runs in a circle or holds no page.
        struct.error: it ends in the middle of a field.
    """
    with mapped(stream) as content:
        dialect = _DIALECTS[bytes(content[:4])]
        count, follow = (struct.Struct(dialect.order + code) for code in (dialect.count, dialect.offset))
        offsets: dict[int, None] = {}
        (offset,) = follow.unpack_from(content, dialect.first_at)
        while offset:
            if offset in offsets or offset >= len(content):
                raise UserError("The TIFF data is damaged or truncated: its chain of pages is broken.")
            offsets[offset] = None
            (tags,) = count.unpack_from(content, offset)
            if not 0 < tags <= _MAX_TAGS:
                raise UserError("The TIFF data is damaged: a page has no valid header.")
            (offset,) = follow.unpack_from(content, offset + count.size + tags * dialect.tag_bytes)
    if not offsets:
        raise UserError("The TIFF file holds no page.")
    return np.fromiter(offsets, np.int64, len(offsets))


@contextmanager
def mapped(stream: BinaryIO) -> Iterator["memoryview | mmap.mmap"]:
    """The stream's bytes without reading all of them."""
    if isinstance(stream, BytesIO):
        with stream.getbuffer() as view:
            yield view
    else:
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as pages:
            yield pages


def check_tags(page: TiffPage) -> None:
    """Make sure that the values of every tag of a page are there; a decoder reads what is left of them.

    Raises:
        UserError: one lies beyond the end of the file.
    """
    stream = page.parent.filehandle
    stream.seek(0)
    dialect = _DIALECTS[stream.read(4)]
    stream.seek(page.offset)
    tag = struct.Struct(f"{dialect.order}HH{dialect.offset}{dialect.offset}")
    tags = stream.read(_read(stream, dialect, dialect.count) * dialect.tag_bytes)
    for _, kind, count, value_at in tag.iter_unpack(tags):
        size = _TYPE_BYTES.get(kind, 0) * count
        if size > struct.calcsize(dialect.offset) and value_at + size > stream.size:
            raise UserError("The TIFF data is truncated: its metadata lie beyond the file's end.")


def check_segments(page: TiffPage, file_size: int) -> None:
    """Make sure that every strip or tile of a page is there.

    Raises:
        UserError: one is missing, empty or beyond the end of the file.
    """
    offsets, counts = page.dataoffsets, page.databytecounts
    if not len(offsets) == len(counts) == _expected_segments(page):
        raise UserError("The TIFF data is damaged: parts of the image are missing.")
    for offset, count in zip(offsets, counts, strict=True):
        if offset <= 0 or count <= 0 or offset + count > file_size:
            raise UserError("The TIFF data is truncated: parts of the image lie beyond the file's end.")


def _expected_segments(page: TiffPage) -> int:
    planes = int(page.samplesperpixel) if page.planarconfig == 2 else 1
    if not page.is_tiled:
        return planes * _ceil_div(page.imagelength, page.rowsperstrip)
    if page.tilewidth * page.tilelength * page.tiledepth > MAX_PIXELS:
        raise UserError("The TIFF data is damaged: its tiles are larger than any image.")
    across = _ceil_div(page.imagewidth, page.tilewidth)
    return planes * across * _ceil_div(page.imagelength, page.tilelength)


def _ceil_div(length: int, step: int) -> int:
    return -(-length // step)


def _read(stream: BinaryIO, dialect: _Dialect, field: str) -> int:
    code = dialect.order + field
    (value,) = struct.unpack(code, stream.read(struct.calcsize(code)))
    return int(value)
