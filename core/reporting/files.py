"""Writing a report so that its file is either the old one or the whole new one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO
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
    partial = out.with_name(f".{uuid4().hex}.part")
    try:
        with partial.open("x", encoding=encoding, errors="backslashreplace", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(out)
    except OSError as error:
        hint = "Choose a folder that exists and that you may write to."
        raise UserError(f"The report {out} cannot be written: {error.strerror}.", hint) from error
    finally:
        partial.unlink(missing_ok=True)
