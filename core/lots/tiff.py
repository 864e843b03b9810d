"""TIFF pages: what is refused by the header, and what is read. A page is found by its place, without its neighbours."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from tifffile import COMPRESSION, PHOTOMETRIC, SAMPLEFORMAT, TiffFile, TiffPage

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.lots.gray import look_up, luma
from core.lots.guards import check_size, decoding
from core.lots.tiff_layout import Offsets, check_segments, check_tags, is_tiff, page_offsets

__all__ = ["Stack", "decode_page", "image_pages", "is_tiff", "open_tiff"]

_COMPRESSIONS = frozenset(
    {
        COMPRESSION.NONE,
        COMPRESSION.LZW,
        COMPRESSION.JPEG,
        COMPRESSION.ADOBE_DEFLATE,
        COMPRESSION.DEFLATE,
        COMPRESSION.PACKBITS,
    }
)
_BITS = frozenset({1, 4, 8, 12, 16})
_NUMBER_KINDS = {
    SAMPLEFORMAT.UINT: "integers",
    SAMPLEFORMAT.INT: "signed integers",
    SAMPLEFORMAT.IEEEFP: "floating point",
}

# tifffile logs what it finds wrong with a file; here that is either refused in a sentence or harmless.
logging.getLogger("tifffile").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """An open TIFF.

    Attributes:
        offsets: (P,) int64 where the header of each page lies.
    """

    tiff: TiffFile
    offsets: Offsets

    def page(self, number: int) -> TiffPage:
        """A page's header.

        Raises:
            UserError: there is no such page, or its header cannot be read.
        """
        if not 0 <= number < len(self.offsets):
            raise UserError(f"The file has no page {number + 1}; it has {len(self.offsets)}.")
        with decoding("TIFF"):
            self.tiff.filehandle.seek(int(self.offsets[number]))
            return TiffPage(self.tiff, index=number)


@contextmanager
def open_tiff(stream: BinaryIO, offsets: Offsets | None = None) -> Iterator[Stack]:
    """Open a TIFF whose chain of pages is whole.

    Args:
        stream: of the file.
        offsets: of its pages, where they are known from an earlier reading; None follows the chain.

    Raises:
        UserError: no TIFF, or its chain of pages is broken.
    """
    with decoding("TIFF"):
        if offsets is None:
            offsets = page_offsets(stream)
        stream.seek(0)
        tiff = TiffFile(stream)
    with tiff:
        yield Stack(tiff, offsets)


def image_pages(stack: Stack) -> list[int]:
    """0-based numbers of the pages that are images; thumbnails of other pages are not.

    Raises:
        UserError: a page's header cannot be read.
    """
    numbers = list(range(len(stack.offsets)))
    return [number for number in numbers if not stack.page(number).is_reduced] or numbers


def decode_page(stack: Stack, number: int) -> GrayImage:
    """Pixels of one page: (H, W) at native bit depth.

    Colour and palettes become luma, 1 and 4 bit are spread over 8, 12 bit stay as they are in 16. Floating
    point is refused: it has no native integer form, and scaling each image by its own range would make
    two images of one lot incomparable.

    Args:
        stack: opened by `open_tiff`.
        number: 0-based page.

    Raises:
        UserError: damaged, truncated, over the size limit, or of a kind that is not supported.
    """
    with decoding("TIFF"):
        page = stack.page(number)
        check_size(page.imagelength, page.imagewidth)
        _check_kind(page)
        check_tags(page)
        check_segments(page, stack.tiff.filehandle.size)
        stored = page.asarray(maxworkers=1)
        return _to_gray(page, stored)


def _check_kind(page: TiffPage) -> None:
    bits = page.bitspersample
    if page.sampleformat != SAMPLEFORMAT.UINT or bits not in _BITS:
        kind = _NUMBER_KINDS.get(page.sampleformat, "numbers")
        raise UserError(f"Its pixels are {bits}-bit {kind}.", "Export the image as 8 or 16 bit.")
    if page.compression not in _COMPRESSIONS:
        name = getattr(page.compression, "name", str(page.compression))
        raise UserError(
            f"The TIFF compression {name} is not supported.",
            "Export it uncompressed, or with LZW or Deflate.",
        )
    if page.imagedepth != 1 or page.samplesperpixel not in (1, 2, 3, 4):
        raise UserError("The TIFF page is not a flat gray or colour image.")


def _to_gray(page: TiffPage, stored: NDArray[Any]) -> GrayImage:
    pixels = _spread(_channels_last(page, stored), page.bitspersample, page.photometric)
    if page.photometric == PHOTOMETRIC.PALETTE:
        return look_up(pixels, page.colormap)
    if page.photometric == PHOTOMETRIC.MINISWHITE:
        top = np.iinfo(pixels.dtype).max if page.bitspersample != 12 else 4095
        return luma(top - pixels, order="rgb")
    if page.photometric not in (PHOTOMETRIC.MINISBLACK, PHOTOMETRIC.RGB, PHOTOMETRIC.YCBCR):
        raise UserError("The TIFF page's colours are of a kind that is not supported.")
    return luma(pixels, order="rgb")


def _channels_last(page: TiffPage, stored: NDArray[Any]) -> NDArray[Any]:
    size_hw = (page.imagelength, page.imagewidth)
    if stored.ndim == 3 and stored.shape[1:] == size_hw and page.samplesperpixel > 1:
        stored = np.moveaxis(stored, 0, -1)
    if stored.shape[:2] != size_hw or stored.ndim > 3:
        raise UserError("The TIFF data is damaged: its pixels do not fill the page.")
    return stored


def _spread(pixels: NDArray[Any], bits: int, photometric: int) -> NDArray[Any]:
    dtype = np.uint8 if bits <= 8 else np.uint16
    native: NDArray[Any] = np.ascontiguousarray(pixels, dtype=dtype)
    if bits < 8 and photometric != PHOTOMETRIC.PALETTE:
        native *= 255 // (2**bits - 1)
    return native
