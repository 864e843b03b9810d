"""What SEM vendors write into their TIFF tags: the size of a pixel and the rows of specimen."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tifffile import TiffPage

from core.domain.lots import PixelSize
from core.lots.guards import decoding

_FEI_TAG = 34682
_ZEISS_TAG = 34118
_NM_PER_UNIT = {"pm": 1e-3, "nm": 1.0, "um": 1e3, "µm": 1e3, "μm": 1e3, "mm": 1e6, "m": 1e9}


@dataclass(frozen=True, slots=True)
class SemMetadata:
    """What the tags of a page tell; None where they do not.

    Attributes:
        pixel_size: along x.
        specimen_rows: rows above the info bar; the page's height when there is no bar.
    """

    pixel_size: PixelSize | None = None
    specimen_rows: int | None = None


def read_sem_metadata(page: TiffPage) -> SemMetadata:
    """Read the FEI / Thermo (34682) or Zeiss (34118) tag of a page.

    Raises:
        UserError: the tag itself cannot be read.
    """
    with decoding("TIFF"):
        fei = page.tags.valueof(_FEI_TAG)
        zeiss = page.tags.valueof(_ZEISS_TAG)
    if isinstance(fei, Mapping):
        return _from_fei(fei, page.imagelength, page.imagewidth)
    if isinstance(zeiss, Mapping):
        return SemMetadata(_from_zeiss(zeiss))
    return SemMetadata()


def _from_fei(tag: Mapping[str, Any], height: int, width: int) -> SemMetadata:
    scanned_width = _number(tag, "Image", "ResolutionX")
    if scanned_width is not None and scanned_width != width:
        return SemMetadata()  # resampled after the scan: neither figure holds any more
    metres = _number(tag, "Scan", "PixelWidth") or _number(tag, "EScan", "PixelWidth")
    return SemMetadata(_pixel_size(metres, 1e9, "FEI"), _fei_specimen_rows(tag, height))


def _fei_specimen_rows(tag: Mapping[str, Any], height: int) -> int | None:
    scanned = _number(tag, "Image", "ResolutionY")
    if scanned is not None and height / 2 <= scanned <= height:
        return int(scanned)
    bar = _number(tag, "PrivateFei", "DatabarHeight")
    if bar is not None and 0 <= bar <= height / 2:
        return height - int(bar)
    return None


def _from_zeiss(tag: Mapping[str, Any]) -> PixelSize | None:
    # The size in the saved image; the other one is that of the live scan, and stands in older files alone.
    for key in ("ap_image_pixel_size", "ap_pixel_size"):
        match tag.get(key):
            case (_, int() | float() as value, str() as unit) if unit in _NM_PER_UNIT and value > 0:
                return _pixel_size(value, _NM_PER_UNIT[unit], "Zeiss")
    return None


def _pixel_size(value: float | None, nm_per_unit: float, source: str) -> PixelSize | None:
    nm = (value or 0.0) * nm_per_unit
    return PixelSize(nm, source) if 0 < nm < math.inf else None


def _number(tag: Mapping[str, Any], section: str, key: str) -> float | None:
    entries = tag.get(section)
    value = entries.get(key) if isinstance(entries, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
