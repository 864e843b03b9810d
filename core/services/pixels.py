"""Pixels, maps and thumbnails of review items."""

import logging
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.errors import UserError
from core.domain.lots import FailedImage, ImageRecord
from core.domain.review import ReviewItem
from core.lots import read_pixels
from core.services.workspace import Workspace

THUMBNAIL_SIDE = 160
_TAILS = (0.5, 99.5)  # percentiles; a dead pixel must not ruin the contrast

_log = logging.getLogger(__name__)


def read_image(record: ImageRecord) -> GrayImage:
    """Native pixels (H, W), 8 or 16 bit.

    Raises:
        UserError: the file is gone or no longer what it was.
    """
    return read_pixels(record)


def read_map(workspace: Workspace, item: ReviewItem) -> FloatArray | None:
    """Newest score map (H, W); None before detection."""
    files = workspace.history.output_files(item.image_id)
    return workspace.maps.load_map(files[0]) if files and files[0] else None


def read_mask(workspace: Workspace, item: ReviewItem) -> BoolArray | None:
    """Newest mask (H, W); None before detection."""
    files = workspace.history.output_files(item.image_id)
    return workspace.maps.load_mask(files[1]) if files and files[1] else None


def read_thumbnail(workspace: Workspace, item: ReviewItem) -> NDArray[np.uint8]:
    """The image at 160 px or less, 8 bit, stretched between its tails; kept on disk where that can be.

    Raises:
        UserError: the item is no readable image.
    """
    record = item.record
    if isinstance(record, FailedImage):
        raise UserError(record.reason)
    file = workspace.home / "thumbnails" / record.sha256[:2] / f"{record.sha256}.{record.page}.jpg"
    kept = _read_kept(file)
    if kept is not None:
        return kept
    small = make_thumbnail(read_pixels(record)[: record.content_height])
    _keep(file, small)
    return small


def _read_kept(file: Path) -> NDArray[np.uint8] | None:
    try:
        content = file.read_bytes()
    except OSError:
        return None  # not made yet, or no longer readable: it is made anew
    kept = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if content else None
    return None if kept is None else np.asarray(kept, np.uint8)


def _keep(file: Path, small: NDArray[np.uint8]) -> None:
    """Spare the next reading; a disk that is full or read-only costs time, not the picture."""
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes())
        fresh.replace(file)
    except OSError as error:
        _log.warning("The thumbnail %s was not kept: %s", file, error)


def make_thumbnail(pixels: GrayImage, side: int = THUMBNAIL_SIDE) -> NDArray[np.uint8]:
    """(H, W) native to 8 bit, the longer side at most `side` px, percentiles 0.5-99.5 stretched."""
    scale = min(1.0, side / max(pixels.shape))
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    low, high = np.percentile(small, _TAILS)
    stretched = (small.astype(np.float32) - low) * (255 / max(float(high - low), 1.0))
    thumbnail: NDArray[np.uint8] = np.clip(stretched, 0, 255).astype(np.uint8)
    return thumbnail
