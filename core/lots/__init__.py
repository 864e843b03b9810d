"""Lots: folders, files and manifests become image records; records become pixels."""

from core.lots.lot import read_listing, read_lot
from core.lots.pixels import read_gray, read_pixels

__all__ = ["read_gray", "read_listing", "read_lot", "read_pixels"]
