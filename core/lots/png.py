"""PNG: every chunk that carries pixels is checked against its CRC before the decoder sees it."""

import struct
import zlib

import cv2
import numpy as np

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.lots.gray import luma
from core.lots.guards import check_size, decoding

SIGNATURE = b"\x89PNG\r\n\x1a\n"

# What OpenCV has to say of a broken file reaches the user as the reason; stderr gains nothing.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def decode_png(data: bytes) -> GrayImage:
    """Pixels of a PNG: (H, W) at 8 or 16 bit; colour becomes luma, transparency is ignored.

    Raises:
        UserError: damaged, truncated, or over the size limit.
    """
    with decoding("PNG"):
        width, height = struct.unpack_from(">II", data, len(SIGNATURE) + 8)
        check_size(height, width)
        stored = np.frombuffer(_pixel_chunks(data), np.uint8)
        pixels = cv2.imdecode(stored, cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.shape[:2] != (height, width):
        raise UserError("The PNG data is damaged.")
    return luma(pixels, order="bgr")


def _pixel_chunks(data: bytes) -> bytes:
    """The PNG without its ancillary chunks: comments, profiles and animations can only do harm here."""
    kept = [SIGNATURE]
    at = len(SIGNATURE)
    kind = b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        is_critical = kind[:1].isupper()
        if is_critical:
            _check_crc(data, at, end)
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def _check_crc(data: bytes, start: int, end: int) -> None:
    (stored,) = struct.unpack_from(">I", data, end - 4)
    if zlib.crc32(memoryview(data)[start + 4 : end - 4]) != stored:
        raise UserError("The PNG data is damaged: a checksum does not match.")
