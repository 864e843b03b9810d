"""The pixels of an image record."""

from pathlib import Path

import numpy as np

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.domain.lots import ImageRecord
from core.lots.content import is_held, open_content, sha256_of
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
    """Read the first image of a file that belongs to no lot, such as a reference image.

    Returns:
        (H, W) uint8 or uint16 at native bit depth.

    Raises:
        UserError: the file is missing or no readable image.
    """
    try:
        return _read(path, 0, None)
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
        with open_tiff(stream) as stack:
            return decode_page(stack, page)
