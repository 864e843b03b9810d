"""A file's bytes, read once for its hash and its pixels alike."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from core.domain.errors import UserError

# Above this a file stays on disk: a stack of many pages is read page by page.
MAX_HELD_BYTES = 32 * 2**20

_BLOCK_BYTES = 2**20


@contextmanager
def open_content(path: Path) -> Iterator[BinaryIO]:
    """The file as a seekable stream; in memory unless it is large.

    Raises:
        UserError: there is no such file, it is empty, or it cannot be read, now or inside the block.
    """
    try:
        with _open(path) as stream:
            yield stream
    except OSError as error:
        raise UserError(_sentence(error)) from error


def sha256_of(stream: BinaryIO) -> str:
    """SHA-256 of the whole stream, as hex; the stream is left at its start."""
    stream.seek(0)
    digest = hashlib.sha256()
    while block := stream.read(_BLOCK_BYTES):
        digest.update(block)
    stream.seek(0)
    return digest.hexdigest()


def read_all(stream: BinaryIO, *, limit: int) -> bytes:
    """The whole stream, if it has no more than `limit` bytes.

    Raises:
        UserError: it is longer.
    """
    stream.seek(0)
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise UserError("The file is larger than any image that can be reviewed.")
    return data


def is_held(stream: BinaryIO) -> bool:
    """Whether the stream is in memory, so that hashing it again costs next to nothing."""
    return isinstance(stream, BytesIO)


def _open(path: Path) -> BinaryIO:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        raise UserError("This is not a file.")
    if status.st_size == 0:
        raise UserError("The file is empty.")
    if status.st_size > MAX_HELD_BYTES:
        return path.open("rb")
    return BytesIO(path.read_bytes())


def _sentence(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "The file does not exist."
    return f"The file cannot be read: {os.strerror(error.errno) if error.errno else error}."
