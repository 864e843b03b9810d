"""What every decoder is held to: a size limit before it runs, and one error when it stumbles."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

from core.domain.errors import UserError

MAX_PIXELS = 64_000_000

# Decoders answer damaged bytes with nearly every error there is; all of them mean the same to the user.
_DECODER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    cv2.error,
    struct.error,
    zlib.error,
)


@contextmanager
def decoding(format_name: str) -> Iterator[None]:
    """Turn whatever a decoder raises on damaged bytes into one sentence.

    Raises:
        UserError: the block failed as decoders do.
    """
    try:
        yield
    except _DECODER_ERRORS as error:
        raise UserError(f"The {format_name} data is damaged or truncated.") from error


def check_size(height: int, width: int) -> None:
    """Refuse an image by its header, before any memory is spent on its pixels.

    Raises:
        UserError: a side is below one pixel, or the image exceeds MAX_PIXELS.
    """
    if height < 1 or width < 1:
        raise UserError("The image has no pixels.")
    if height * width > MAX_PIXELS:
        limit = MAX_PIXELS // 1_000_000
        raise UserError(
            f"The image is {height * width / 1e6:.0f} Mpx ({width} × {height}); the limit is {limit} Mpx."
        )
