import cv2
import numpy as np
import pytest

from core.discovery.embedding.context import measure_context
from core.discovery.embedding.descriptors import DESCRIPTORS, measure_defect
from core.discovery.embedding.outline import find_difference, outline_crop
from core.discovery.embedding.taking_apart import take_apart
from core.domain.arrays import BoolArray, FloatArray
from core.domain.maps import Crop, Region

_BRIGHT_PARTS, _DARK_PARTS, _GAINED = 15, 16, 17


def _lines() -> FloatArray:
    """Bright lines 8 px wide, 8 px apart, with some noise."""
    pixels = np.where((np.arange(96) // 8) % 2 == 1, 0.8, 0.2).astype(np.float32)[None].repeat(96, axis=0)
    return pixels + np.random.default_rng(0).normal(0, 0.02, pixels.shape).astype(np.float32)


def _crop(changed: BoolArray, level: float, *, inverted: bool = False) -> Crop:
    expected = _lines()
    pixels = np.where(changed, level, expected).astype(np.float32)
    if inverted:
        pixels, expected = 1 - pixels, 1 - expected
    soft = cv2.GaussianBlur(cv2.dilate(changed.astype(np.float32), np.ones((7, 7))), (0, 0), 2.5)
    smooth = cv2.GaussianBlur(expected, (0, 0), 1.0)
    return Crop(
        (0, 0), np.clip(pixels, 0, 1), np.clip(soft, 0, 1), Region((40, 40, 8, 8), 64, (44, 44), 1), smooth
    )


def _box(left: int, right: int) -> BoolArray:
    changed = np.zeros((96, 96), np.bool_)
    changed[44:52, left:right] = True
    return changed


BRIDGE, OPEN = _box(32, 40), _box(40, 48)  # a gap, and a line


def test_a_bridge_joins_bright_parts_and_an_open_parts_one() -> None:
    bridge = measure_context(take_apart(outline_crop(_crop(BRIDGE, 0.8))))
    gap = measure_context(take_apart(outline_crop(_crop(OPEN, 0.2))))
    assert (bridge[_BRIGHT_PARTS], bridge[_DARK_PARTS]) == (-1, 1)
    assert (gap[_BRIGHT_PARTS], gap[_DARK_PARTS]) == (1, -1)
    assert bridge[_GAINED] > 0.5 > -0.5 > gap[_GAINED]


def test_with_inverted_contrast_the_phases_change_places() -> None:
    plain, inverted = (
        measure_context(take_apart(outline_crop(_crop(BRIDGE, 0.8, inverted=flag)))) for flag in (False, True)
    )
    assert plain[_BRIGHT_PARTS] == inverted[_DARK_PARTS]


def test_the_outline_is_drawn_anew_where_the_crop_differs() -> None:
    crop = _crop(BRIDGE, 0.8)
    found = find_difference(take_apart(crop))
    rough = crop.soft_mask > 0.25 * crop.soft_mask.max()
    overlap = [np.count_nonzero(mask & BRIDGE) / np.count_nonzero(mask | BRIDGE) for mask in (found, rough)]
    assert overlap[0] > 0.6 > overlap[1]
    np.testing.assert_array_equal(outline_crop(crop).soft_mask > 0, found)


def test_where_nothing_differs_or_nobody_looked_the_mask_stays() -> None:
    crop = _crop(BRIDGE, 0.8)
    blind = Crop(crop.origin_xy, crop.pixels, crop.soft_mask, crop.region)
    assert outline_crop(blind) is blind
    smooth = cv2.GaussianBlur(crop.pixels, (0, 0), 1.0)
    same = Crop(crop.origin_xy, crop.pixels, crop.soft_mask, crop.region, smooth)
    np.testing.assert_array_equal(find_difference(take_apart(same)), take_apart(same).inside)


@pytest.mark.parametrize("mask", [np.zeros((64, 64)), np.ones((64, 64)), np.eye(64)])
def test_odd_crops_have_as_many_descriptors(mask: FloatArray) -> None:
    crop = Crop(
        (0, 0),
        np.full((64, 64), 0.5, np.float32),
        mask.astype(np.float32),
        Region((0, 0, 64, 64), 1, (32, 32), 0.0),
    )
    assert measure_defect(crop).shape == (DESCRIPTORS,)
