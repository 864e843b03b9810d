"""Files of one image: told apart by their first bytes, whatever their suffix says."""

from typing import BinaryIO

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.lots import bmp, jpeg, png
from core.lots.content import read_all
from core.lots.guards import MAX_PIXELS

_DECODERS = {
    png.SIGNATURE: png.decode_png,
    jpeg.SIGNATURE: jpeg.decode_jpeg,
    bmp.SIGNATURE: bmp.decode_bmp,
}
# Four 16-bit channels without compression, and as much again for metadata.
_MAX_BYTES = 16 * MAX_PIXELS


def read_still(stream: BinaryIO) -> GrayImage:
    """Pixels of a PNG, JPEG or BMP: (H, W) at native bit depth.

    Raises:
        UserError: none of these formats, damaged, truncated, or over the size limit.
    """
    data = read_all(stream, limit=_MAX_BYTES)
    for signature, decode in _DECODERS.items():
        if data.startswith(signature):
            return decode(data)
    raise UserError("The file is not a PNG, TIFF, BMP or JPEG image.")
