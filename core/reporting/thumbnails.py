"""Small pictures for reports: the whole image with heatmap and outline, and the worst place close up."""

import base64
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.maps import Region

_SIDE = 200  # px, the longer side
_JPEG_QUALITY = 82
_LEVEL_PERCENTILES = (0.5, 99.5)
_OUTLINE_RGB = (64, 224, 255)
_HEAT_OPACITY = 0.8
_CLOSE_UP_LEAST = 64  # px of the image
_CLOSE_UP_FACTOR = 3  # × the box's longer side


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """Pictures of one image as data URIs.

    Attributes:
        context: the whole image with the map above its range and the mask's outline.
        close_up: bare pixels around the most anomalous region; None without a region.
        close_up_px: side of the close-up's square in the image's pixels.
    """

    context: str
    close_up: str | None = None
    close_up_px: int | None = None


def draw_thumbnail(
    image: GrayImage,
    values: FloatArray | None,
    mask: BoolArray | None,
    region: Region | None,
    map_range: tuple[float, float] | None,
) -> Thumbnail:
    """Draw an image for a report.

    Args:
        image: (H, W) native pixels; both pictures share one window, by percentiles of the whole image.
        values: (H, W) float32 score map, if there is one.
        mask: (H, W) bool, if there is one.
        region: the place to show close up.
        map_range: map values where the heat starts and where it is full; None draws no heat.
    """
    gray = _windowed(image)
    context = cv2.cvtColor(_fit(gray), cv2.COLOR_GRAY2RGB)
    if values is not None and map_range is not None:
        context = _heated(context, values, map_range)
    if mask is not None:
        _outline(context, mask)
    if region is None:
        return Thumbnail(_jpeg_uri(context))
    left, top, side = _square_around(region, gray.shape)
    _frame(context, (left, top, side), gray.shape)
    close_up = gray[top : top + side, left : left + side]
    return Thumbnail(_jpeg_uri(context), _jpeg_uri(_fit(close_up)), side)


def heat_colors(steps: int) -> list[str]:
    """The heatmap's colours from lower to upper end as "#rrggbb", for a legend."""
    ramp = np.linspace(0, 255, steps).astype(np.uint8)[None]
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in _colored(ramp)[0].tolist()]


def _windowed(image: GrayImage) -> NDArray[np.uint8]:
    step = max(1, min(image.shape) // 256)
    low, high = np.percentile(image[::step, ::step], _LEVEL_PERCENTILES)
    scaled = (image.astype(np.float32) - low) * (255 / max(high - low, 1))
    return np.asarray(np.clip(scaled, 0, 255), dtype=np.uint8)


def _fit(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = gray.shape
    scale = _SIDE / max(height, width)
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(gray, size_wh, interpolation=method), dtype=np.uint8)


def _heated(
    context: NDArray[np.uint8], values: FloatArray, map_range: tuple[float, float]
) -> NDArray[np.uint8]:
    size_wh = context.shape[1], context.shape[0]
    small = cv2.resize(values, size_wh, interpolation=cv2.INTER_AREA)
    low, high = map_range
    heat = np.clip((small - low) / max(high - low, 1e-12), 0, 1)
    opacity = (_HEAT_OPACITY * heat**1.5)[..., None]
    blended = context * (1 - opacity) + _colored((heat * 255).astype(np.uint8)) * opacity
    return np.asarray(blended, dtype=np.uint8)


def _colored(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    colors = cv2.cvtColor(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)
    return np.asarray(colors, dtype=np.uint8)


def _outline(context: NDArray[np.uint8], mask: BoolArray) -> None:
    """Draw a ring around the mask; a cell counts if any of its pixels does, so a speck does not vanish."""
    size_wh = context.shape[1], context.shape[0]
    covered = cv2.resize(mask.astype(np.float32), size_wh, interpolation=cv2.INTER_AREA) > 0
    grown = cv2.dilate(covered.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    context[grown & ~covered] = _OUTLINE_RGB


def _square_around(region: Region, shape_hw: tuple[int, ...]) -> tuple[int, int, int]:
    """Left, top and side of the close-up, inside the image."""
    x, y, width, height = region.bbox_xywh
    side = min(max(_CLOSE_UP_FACTOR * max(width, height), _CLOSE_UP_LEAST), *shape_hw)
    left = min(max(x + (width - side) // 2, 0), shape_hw[1] - side)
    top = min(max(y + (height - side) // 2, 0), shape_hw[0] - side)
    return left, top, side


def _frame(context: NDArray[np.uint8], square: tuple[int, int, int], shape_hw: tuple[int, ...]) -> None:
    """Show where the close-up lies: a thin frame, dark beside light, seen on any ground."""
    left, top, side = square
    scale = max(context.shape) / max(shape_hw)
    first = round(left * scale), round(top * scale)
    last = round((left + side) * scale) - 1, round((top + side) * scale) - 1
    cv2.rectangle(context, (first[0] - 1, first[1] - 1), (last[0] + 1, last[1] + 1), (20, 20, 20))
    cv2.rectangle(context, first, last, (235, 235, 235))


def _jpeg_uri(pixels: NDArray[Any]) -> str:
    """A gray or RGB picture as a data URI; full chroma resolution, or the thin outline washes out."""
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        _JPEG_QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    ordered = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", ordered, options)
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode("ascii")
