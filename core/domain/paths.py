"""How a path is written, so that the window, the command line and the history mean the same lot by it."""

import os
import re
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


_PAGE = re.compile(r"#page=([1-9][0-9]{0,8})$")


def with_page(path: Path, page: int) -> Path:
    """A page of a stack written as a path, as the names of images write it: "stack.tif#page=3" for page 2 from 0."""
    return path.with_name(f"{path.name}#page={page + 1}")


def split_page(path: Path) -> tuple[Path, int]:
    """The file and the 0-based page that a path means; a file that bears such a name itself goes before."""
    found = _PAGE.search(path.name)
    if found is None or path.exists():
        return path, 0
    return path.with_name(path.name[: found.start()]), int(found[1]) - 1
