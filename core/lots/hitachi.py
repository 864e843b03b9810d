"""The text file that Hitachi's SEMs write beside an image: INI-like, of the image's name, ASCII or UTF-16."""

import codecs
import math
from pathlib import Path

from core.domain.lots import PixelSize
from core.lots.metadata import SemMetadata

_SUFFIXES = (".txt", ".TXT")
_SECTIONS = ("[semimagefile]", "[temimagefile]")
_MOST_BYTES = 64 * 1024
"""What is longer is some other text."""


def read_hitachi_metadata(image: Path, width: int, height: int) -> SemMetadata:
    """Pixel size and rows of specimen that the file beside an image tells; nothing where there is none.

    `PixelSize` is in nm and holds for `DataSize`, so a figure for an image of another width is not believed. Rows
    below the height of `DataSize` are the info bar. A link is not followed.

    Args:
        image: the image's own path.
        width, height: of its pixels.
    """
    entries = next((found for suffix in _SUFFIXES if (found := _entries(image.with_suffix(suffix)))), {})
    size = _data_size(entries.get("datasize", ""))
    if size is not None and size[0] != width:
        return SemMetadata()
    rows = size[1] if size is not None and height / 2 <= size[1] <= height else None
    return SemMetadata(_pixel_size(entries.get("pixelsize", "")), rows)


def _entries(file: Path) -> dict[str, str]:
    """Keys in lower case with their values, of a file that begins with the section; empty where it does not."""
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > _MOST_BYTES:
            return {}
        lines = _text_of(file.read_bytes()).strip().splitlines()
    except OSError:
        return {}
    if not lines or lines[0].strip().casefold() not in _SECTIONS:
        return {}
    pairs = (line.partition("=") for line in lines[1:])
    return {key.strip().casefold(): value.strip() for key, mark, value in pairs if mark}


def _text_of(raw: bytes) -> str:
    is_wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return raw.decode("utf-16" if is_wide else "utf-8-sig", errors="replace")


def _data_size(text: str) -> tuple[int, int] | None:
    width, _, height = text.casefold().partition("x")
    sides = [int(side) for side in (width.strip(), height.strip()) if side.isascii() and side.isdigit()]
    return (sides[0], sides[1]) if len(sides) == 2 and min(sides) > 0 else None


def _pixel_size(text: str) -> PixelSize | None:
    try:
        nm = float(text)
    except ValueError:
        return None
    return PixelSize(nm, "Hitachi") if 0 < nm < math.inf else None
