"""BMP, by Pillow, with the one check that it leaves out: that every row is there."""

from io import BytesIO
from typing import cast

import numpy as np
from PIL.BmpImagePlugin import BmpImageFile

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.lots.guards import check_size, decoding

SIGNATURE = b"BM"


def decode_bmp(data: bytes) -> GrayImage:
    """Pixels of a BMP: (H, W) uint8; colour becomes luma.

    Raises:
        UserError: damaged, truncated, or over the size limit.
    """
    with decoding("BMP"):
        image = BmpImageFile(BytesIO(data))
        check_size(image.height, image.width)
        _check_rows(image, len(data))
        image.load()
        return np.array(image.convert("L"))


def _check_rows(image: BmpImageFile, size: int) -> None:
    for tile in image.tile:
        if tile.codec_name == "raw":
            _, row_bytes, _ = cast(tuple[str, int, int], tile.args)
            if tile.offset + row_bytes * image.height > size:
                raise UserError("The BMP data is truncated.")
