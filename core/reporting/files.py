"""Writing a report so that its file is either the old one or the whole new one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO
from uuid import uuid4

from core.domain.errors import UserError


@contextmanager
def replacing_text_file(out: Path, *, encoding: str) -> Iterator[TextIO]:
    r"""Open a text file that takes the place of `out` when the block ends well, and leaves no trace when not.

    Line ends are written as they are; characters that the encoding lacks become \x escapes, because a file
    name need not be valid Unicode.

    Raises:
        UserError: the folder or file cannot be written.
    """
    with (
        _replacing(out) as partial,
        partial.open("x", encoding=encoding, errors="backslashreplace", newline="") as file,
    ):
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def replacing_file(out: Path) -> Iterator[BinaryIO]:
    """The same for bytes.

    Raises:
        UserError: the folder or file cannot be written.
    """
    with _replacing(out) as partial, partial.open("x+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    partial = out.with_name(f".{uuid4().hex}.part")
    try:
        yield partial
        partial.replace(out)
    except OSError as error:
        hint = "Choose a folder that exists and that you may write to."
        raise UserError(f"The report {out} cannot be written: {error.strerror}.", hint) from error
    finally:
        partial.unlink(missing_ok=True)


def storable(text: str) -> str:
    r"""Text that any encoding of Unicode can hold: a file name's undecodable bytes become \x escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
