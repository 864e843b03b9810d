"""JPEG, by Pillow: it rejects a truncated stream at every point, which OpenCV before 5 does not."""

import struct
from io import BytesIO

import numpy as np
from PIL.JpegImagePlugin import JpegImageFile

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.lots.guards import check_size, decoding

SIGNATURE = b"\xff\xd8\xff"

_START_OF_SCAN = 0xDA
_COMMENT = 0xFE
_ADOBE = 0xEE  # says how the colours are coded
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})


def decode_jpeg(data: bytes) -> GrayImage:
    """Pixels of a JPEG: (H, W) uint8; colour becomes luma.

    Raises:
        UserError: damaged, truncated, or over the size limit.
    """
    with decoding("JPEG"):
        # Not Image.open: its size warning is process-wide state, and the limit here is stricter.
        image = JpegImageFile(BytesIO(_pixel_segments(data)))
        check_size(image.height, image.width)
        image.load()
        return np.array(image.convert("L"))


def _pixel_segments(data: bytes) -> bytes:
    """The JPEG without comments, EXIF, thumbnails and other application segments."""
    kept = [data[:2]]
    at = 2
    while True:
        marker = data[at + 1]
        if data[at] != 0xFF:
            raise UserError("The JPEG data is damaged: a marker is missing.")
        if marker == _START_OF_SCAN:
            kept.append(data[at:])
            return b"".join(kept)
        end = at + _segment_length(data, at, marker)
        if not _is_metadata(marker):
            kept.append(data[at:end])
        at = end


def _segment_length(data: bytes, at: int, marker: int) -> int:
    if marker == 0xFF:  # a fill byte
        return 1
    if marker in _BARE_MARKERS:
        return 2
    (length,) = struct.unpack_from(">H", data, at + 2)
    return 2 + int(length)


def _is_metadata(marker: int) -> bool:
    is_application = 0xE0 <= marker <= 0xEF and marker != _ADOBE
    return is_application or marker in (_COMMENT, 0xFF)
