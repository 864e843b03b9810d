"""The pixels of an image record."""

from pathlib import Path

import numpy as np

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.domain.lots import ImageRecord
from core.domain.paths import split_page
from core.lots.content import is_held, open_content, sha256_of
from core.lots.page_places import page_places
from core.lots.still import read_still
from core.lots.tiff import decode_page, is_tiff, open_tiff


def read_pixels(record: ImageRecord) -> GrayImage:
    """Read an image as it was when its lot was loaded.

    Files up to 32 MiB are checked against their hash; of larger ones only size and bit depth are compared.

    Returns:
        (H, W) uint8 or uint16 at native bit depth, the info bar included.

    Raises:
        UserError: the file is gone, damaged, or no longer the one that was loaded.
    """
    try:
        pixels = _read(record.path, record.page, record.sha256)
    except UserError as error:
        raise UserError(f"{record.name} cannot be read: {error.message}", error.hint) from error
    if pixels.shape != record.size_hw or pixels.dtype != np.dtype(f"uint{record.bit_depth}"):
        raise UserError(f"{record.name} cannot be read: {_CHANGED}", _RELOAD)
    return pixels


def read_gray(path: Path) -> GrayImage:
    """Read an image that belongs to no lot, such as a reference: the first of a file, or the page that is named.

    Args:
        path: of the file; "stack.tif#page=3" is its third page.

    Returns:
        (H, W) uint8 or uint16 at native bit depth.

    Raises:
        UserError: the file is missing or no readable image.
    """
    try:
        return _read(*split_page(path), None)
    except UserError as error:
        raise UserError(f"{path.name} cannot be read: {error.message}", error.hint) from error


_CHANGED = "The file has changed since the lot was loaded."
_RELOAD = "Load the lot again."


def _read(path: Path, page: int, sha256: str | None) -> GrayImage:
    with open_content(path) as stream:
        if sha256 is not None and is_held(stream) and sha256_of(stream) != sha256:
            raise UserError(_CHANGED, _RELOAD)
        if not is_tiff(stream):
            return read_still(stream)
        with open_tiff(stream, page_places(path)) as stack:
            return decode_page(stack, page)
