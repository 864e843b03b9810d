"""Square, defect-centred cut-outs with soft masks: the input of discovery."""

import math

import numpy as np

from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.maps import MAP_RANGE, Crop, Mask, Region, ScoreMap
from core.segmentation.components import label_components
from core.segmentation.expected import expect_normal

_MARGIN = 1.1  # of the box's longer side
_LEAST_HALF_SIDE = 0.1  # of the image's longer side
_MERGE_GAP = 0.01  # of the image's longer side
_LEAST_SPAN = 1e-6


def cut_crops(
    image: GrayImage, score_map: ScoreMap, mask: Mask, regions: tuple[Region, ...], *, floor: float
) -> tuple[Crop, ...]:
    """Cut a square around each region, or around several that lie close together.

    Half the side is max(0.55 × the box's longer side, 0.1 × the image's longer side). The square is shifted
    to lie inside the image, and no larger than the image's shorter side.

    Args:
        image: (H, W) native pixels.
        score_map: of the same image.
        mask: of the same image; parts of the map that do not reach into it stay 0 in the soft masks.
        regions: of the mask. Boxes with a gap under 1 % of the image's longer side share a crop.
        floor: the map's floor, 0 in the soft masks; the upper end of the maps' scale is 1, whatever the
            image's own peak.

    Returns:
        One crop a group, most anomalous first; `region` of a merged crop is the union of its regions.

    Raises:
        ValueError: image, map and mask differ in size.

    Source:
        AnomalyNCD's crop geometry, as IC-DefectNCD uses it; the soft mask's scale is ours.
    """
    if not image.shape == score_map.values.shape == mask.pixels.shape:
        raise ValueError(f"image {image.shape}, map {score_map.values.shape}, mask {mask.pixels.shape}")
    soft = _soft_mask(score_map.values, mask.pixels, floor)
    merged = _merge_close(list(regions), gap_px=_MERGE_GAP * max(image.shape))
    pixels = image.astype(np.float32) / np.float32(np.iinfo(image.dtype).max)
    return tuple(_cut(pixels, soft, region) for region in merged)


def _soft_mask(values: FloatArray, mask: BoolArray, floor: float) -> FloatArray:
    count, labels = label_components(values > floor)
    reaches_mask = np.zeros(count + 1, dtype=np.bool_)
    reaches_mask[labels[mask]] = True
    reaches_mask[0] = False
    excess = (values - floor) / max(MAP_RANGE[1] - floor, _LEAST_SPAN)
    return np.where(reaches_mask[labels], np.clip(excess, 0, 1), 0).astype(np.float32)


def _merge_close(regions: list[Region], gap_px: float) -> list[Region]:
    """Union regions until no two boxes are closer than `gap_px`; a union may come close to a third."""
    merged: list[Region] = []
    for region in regions:
        while close := next((other for other in merged if _gap(region, other) < gap_px), None):
            merged.remove(close)
            region = _union(close, region)
        merged.append(region)
    return sorted(merged, key=lambda region: -region.score)


def _gap(a: Region, b: Region) -> int:
    """Pixels between two boxes along the axis that parts them most; negative where they overlap."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = a.bbox_xywh, b.bbox_xywh
    return max(bx - ax - aw, ax - bx - bw, by - ay - ah, ay - by - bh)


def _union(a: Region, b: Region) -> Region:
    (ax, ay, aw, ah), (bx, by, bw, bh) = a.bbox_xywh, b.bbox_xywh
    left, top = min(ax, bx), min(ay, by)
    area = a.area_px + b.area_px
    center_x = (a.centroid_xy[0] * a.area_px + b.centroid_xy[0] * b.area_px) / area
    center_y = (a.centroid_xy[1] * a.area_px + b.centroid_xy[1] * b.area_px) / area
    return Region(
        bbox_xywh=(left, top, max(ax + aw, bx + bw) - left, max(ay + ah, by + bh) - top),
        area_px=area,
        centroid_xy=(center_x, center_y),
        score=max(a.score, b.score),
    )


def _cut(image: FloatArray, soft: FloatArray, region: Region) -> Crop:
    left, top, side = _square(region.bbox_xywh, image.shape)
    window = np.s_[top : top + side, left : left + side]
    return Crop(
        origin_xy=(left, top),
        pixels=image[window].copy(),
        soft_mask=soft[window].copy(),
        region=region,
        expected=expect_normal(image, _own_pixels(soft, region))[window].copy(),
    )


def _own_pixels(soft: FloatArray, region: Region) -> BoolArray:
    """What of the soft mask lies in the region's box: other defects of the image are surroundings."""
    x, y, width, height = region.bbox_xywh
    own = np.zeros(soft.shape, np.bool_)
    own[y : y + height, x : x + width] = soft[y : y + height, x : x + width] > 0
    return own


def _square(bbox_xywh: tuple[int, int, int, int], shape_hw: tuple[int, ...]) -> tuple[int, int, int]:
    """Left, top and side of the square cut around a box, inside the image."""
    x, y, width, height = bbox_xywh
    half = max(0.5 * _MARGIN * max(width, height), _LEAST_HALF_SIDE * max(shape_hw))
    side = min(math.ceil(round(2 * half, 6)), *shape_hw)  # 1.1 × 100 is a hair over 110 in binary
    left = min(max(round(x + (width - side) / 2), 0), shape_hw[1] - side)
    top = min(max(round(y + (height - side) / 2), 0), shape_hw[0] - side)
    return left, top, side
