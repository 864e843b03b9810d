"""How a path is written, so that the window, the command line and the history mean the same lot by it."""

import os
from contextlib import suppress
from pathlib import Path


def source_path(given: str | Path) -> Path:
    """A path as lots keep it: `~` expanded, absolute, without `..`; links keep the name that the user knows."""
    path = Path(given)
    with suppress(RuntimeError):  # "~nobody" is no account, so it is a name like any other
        path = path.expanduser()
    return Path(os.path.normpath(path.absolute()))


def text_of(path: str | Path) -> str:
    """A path or name as text that can be stored and shown.

    File systems allow names that are no text, which Python reads as lone surrogates; those are written as escapes,
    so that two of them stay two.
    """
    return str(path).encode(errors="backslashreplace").decode()
