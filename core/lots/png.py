"""PNG: checksums and the length of the pixel stream are checked before the decoder sees them."""

import struct
import zlib

import cv2
import numpy as np

from core.domain.arrays import GrayImage
from core.domain.errors import UserError
from core.lots.gray import luma
from core.lots.guards import check_size, decoding

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_PIECE_BYTES = 2**16

# What OpenCV has to say of a broken file reaches the user as the reason; stderr gains nothing.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def decode_png(data: bytes) -> GrayImage:
    """Pixels of a PNG: (H, W) at 8 or 16 bit; colour becomes luma, transparency is ignored.

    Raises:
        UserError: damaged, truncated, or over the size limit.
    """
    with decoding("PNG"):
        width, height, bits, color = struct.unpack_from(">IIBB", data, len(SIGNATURE) + 8)
        check_size(height, width)
        chunks = _pixel_chunks(data)
        _check_stream(chunks, height * (1 + width * _CHANNELS[color] * bits // 8))
        stored = np.frombuffer(SIGNATURE + b"".join(chunks), np.uint8)
        pixels = cv2.imdecode(stored, cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.shape[:2] != (height, width):
        raise UserError("The PNG data is damaged.")
    return luma(pixels, order="bgr")


def _pixel_chunks(data: bytes) -> list[bytes]:
    """The chunks that make the pixels: comments, profiles and animations can only do harm here."""
    kept = []
    at = len(SIGNATURE)
    kind = b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if kind[:1].isupper():  # critical chunks, in PNG's terms
            _check_crc(data, at, end)
            kept.append(data[at:end])
        at = end
    return kept


def _check_crc(data: bytes, start: int, end: int) -> None:
    (stored,) = struct.unpack_from(">I", data, end - 4)
    if zlib.crc32(memoryview(data)[start + 4 : end - 4]) != stored:
        raise UserError("The PNG data is damaged: a checksum does not match.")


def _check_stream(chunks: list[bytes], stored_bytes: int) -> None:
    """Make sure that the compressed pixels end, and do so within what the header announces.

    Args:
        chunks: whole chunks, of which the IDAT ones are joined.
        stored_bytes: rows with their filter bytes; interlacing adds to that, but less than as much again.
    """
    pixels = b"".join(chunk[8:-4] for chunk in chunks if chunk[4:8] == b"IDAT")
    stream = zlib.decompressobj()
    room = 2 * stored_bytes + 64
    for start in range(0, len(pixels), _PIECE_BYTES):
        room -= len(stream.decompress(pixels[start : start + _PIECE_BYTES], room + 1))
        if room < 0 or stream.eof:
            break
    if room < 0 or not stream.eof:
        raise UserError("The PNG data is damaged: its pixels do not end where they should.")
