"""The headers of very many pages at once, so that a stack of 100,000 opens without a look at its pixels."""

from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from tifffile import COMPRESSION, PHOTOMETRIC

from core.domain.arrays import BoolArray
from core.lots.guards import MAX_PIXELS
from core.lots.tiff_layout import Offsets, mapped, page_offsets

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSED, COLOURS, STRIPS = 254, 256, 257, 258, 259, 262, 273
SAMPLES, STRIP_BYTES, SAMPLE_KIND = 277, 279, 339
_DEFAULTS = {SUBFILE: 0, BITS: 1, COMPRESSED: 1, SAMPLES: 1, SAMPLE_KIND: 1}
_PLAIN_BITS = (8, 12, 16)
_PLAIN_COLOURS = (PHOTOMETRIC.MINISBLACK, PHOTOMETRIC.MINISWHITE)
_NUMBERS = tuple({*_DEFAULTS, WIDTH, HEIGHT, COLOURS, STRIPS, STRIP_BYTES})
_INSTRUMENT_TAGS = (34118, 34682)
_SHORT, _LONG = 3, 4
_UNKNOWN = -1

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PageHeaders:
    """What the headers of a stack tell.

    Attributes:
        offsets: (P,) int64 where each lies.
        sizes_hw: (P, 2) int64 px; −1 where it is not known.
        bit_depths: (P,) int64 8 or 16, as the pixels are read.
        is_plain: (P,) bool: one gray channel, uncompressed in one piece that is wholly there, and no instrument's
            tags. Such a page can be listed without being read; all others cannot.
        is_reduced: (P,) bool: a thumbnail of another page.
    """

    offsets: Offsets
    sizes_hw: Numbers
    bit_depths: Numbers
    is_plain: BoolArray
    is_reduced: BoolArray


def read_headers(stream: BinaryIO) -> PageHeaders:
    """Read the headers of all pages.

    Args:
        stream: of a TIFF.

    Raises:
        UserError: the chain of pages is broken.
        struct.error: it ends in the middle of a field.
    """
    offsets = page_offsets(stream)
    stream.seek(0)
    magic = stream.read(4)
    count = len(offsets)
    values = {tag: np.full(count, _DEFAULTS.get(tag, _UNKNOWN), np.int64) for tag in _NUMBERS}
    is_simple = np.zeros(count, np.bool_)
    if magic[2:4] in (b"*\0", b"\0*"):  # in the large format every page is read: such stacks are rare
        with mapped(stream) as content:
            size = len(content)
            _read_classic(np.frombuffer(content, np.uint8), offsets, magic[:1] == b"I", values, is_simple)
    else:
        size = 0
    return _judged(offsets, values, is_simple, size)


def _read_classic(
    content: NDArray[np.uint8],
    offsets: Offsets,
    is_little: bool,
    values: dict[int, Numbers],
    is_simple: BoolArray,
) -> None:
    order = "<" if is_little else ">"
    counts = _fields(content, offsets, 2).view(f"{order}u2").reshape(-1)
    for tags in np.unique(counts).tolist():
        pages = np.flatnonzero(counts == tags)
        entries = (
            _fields(content, offsets[pages] + 2, 12 * tags).view(_entry(order)).reshape(len(pages), tags)
        )
        is_simple[pages] = ~np.isin(entries["tag"], _INSTRUMENT_TAGS).any(axis=1)
        for tag, found in values.items():
            _take(entries, tag, pages, found, is_simple)


def _fields(content: NDArray[np.uint8], offsets: Offsets, size: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(sliding_window_view(content, size)[offsets])


def _entry(order: str) -> np.dtype[np.void]:
    value = np.dtype({"names": ["short", "long"], "formats": [f"{order}u2", f"{order}u4"], "offsets": [0, 0]})
    return np.dtype(
        [("tag", f"{order}u2"), ("kind", f"{order}u2"), ("count", f"{order}u4"), ("value", value)]
    )


def _take(entries: NDArray[np.void], tag: int, pages: Offsets, found: Numbers, is_simple: BoolArray) -> None:
    """Values of one tag; a page where it is no single whole number is not simple."""
    hits = entries["tag"] == tag
    has = hits.any(axis=1)
    chosen = entries[np.flatnonzero(has), hits.argmax(axis=1)[has]]
    is_short = chosen["kind"] == _SHORT
    found[pages[has]] = np.where(is_short, chosen["value"]["short"], chosen["value"]["long"])
    single = (chosen["count"] == 1) & (is_short | (chosen["kind"] == _LONG))
    is_simple[pages[has]] &= single


def _judged(offsets: Offsets, values: dict[int, Numbers], is_simple: BoolArray, size: int) -> PageHeaders:
    height, width, bits = values[HEIGHT], values[WIDTH], values[BITS]
    needed = height * ((width * bits + 7) // 8)
    is_plain = (
        is_simple
        & (height > 0)
        & (width > 0)
        & (height * width <= MAX_PIXELS)
        & np.isin(bits, _PLAIN_BITS)
        & (values[COMPRESSED] == COMPRESSION.NONE)
        & np.isin(values[COLOURS], _PLAIN_COLOURS)
        & (values[SAMPLES] == 1)
        & (values[SAMPLE_KIND] == 1)
        & (values[STRIPS] > 0)
        & (values[STRIP_BYTES] >= needed)
        & (values[STRIPS] + values[STRIP_BYTES] <= size)
    )
    return PageHeaders(
        offsets,
        np.stack([height, width], axis=1),
        np.where(bits <= 8, 8, 16),
        is_plain,
        (values[SUBFILE] & 1).astype(np.bool_),
    )
