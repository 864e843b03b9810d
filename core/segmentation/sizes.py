"""Sizes on the wafer, where the width of a pixel is known."""

from core.domain.lots import PixelSize
from core.domain.maps import Region


def size_nm(region: Region, pixel_size: PixelSize | None) -> float | None:
    """The longer side of a region's box in nm; None when the pixel size is not known."""
    _, _, width, height = region.bbox_xywh
    return None if pixel_size is None else max(width, height) * pixel_size.nm


def area_nm2(region: Region, pixel_size: PixelSize | None) -> float | None:
    """A region's area in nm²; None when the pixel size is not known."""
    return None if pixel_size is None else region.area_px * pixel_size.nm**2
