"""Where a result will be written: asked for before the work, not after it."""

from pathlib import Path
from tempfile import TemporaryFile

from core.domain.errors import UserError

HINT = "Choose another --out."


def refuse_unwritable(out: Path) -> None:
    """Make the folder of a file that is to be written, and stop where it cannot be.

    Raises:
        UserError: it is a folder itself, or its folder cannot be made or written.
    """
    if out.is_dir():
        raise UserError(f"{out} is a folder.", HINT)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {out.parent} cannot be made: {error.strerror}.", HINT) from error
    try:
        with TemporaryFile(dir=out.parent):
            pass  # rights alone do not say it: the file system may be read-only
    except OSError as error:
        raise UserError(f"The folder {out.parent} cannot be written: {error.strerror}.", HINT) from error
