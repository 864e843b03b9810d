"""Where the pages of a stack lie, followed once a file: finding page 90,000 takes as long as finding the first."""

from functools import lru_cache
from pathlib import Path

from core.lots.content import open_content
from core.lots.guards import decoding
from core.lots.tiff_layout import Offsets, page_offsets

_STACKS_KEPT = 8


def page_places(path: Path) -> Offsets:
    """(P,) int64 offsets of a TIFF's page headers; read anew when the file's size or time is another.

    Raises:
        UserError: it cannot be read, or its chain of pages is broken.
        OSError: it is gone.
    """
    status = path.stat()
    return _follow(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=_STACKS_KEPT)
def _follow(path: Path, _size: int, _mtime_ns: int) -> Offsets:
    with open_content(path) as stream, decoding("TIFF"):
        offsets = page_offsets(stream)
    offsets.flags.writeable = False
    return offsets
