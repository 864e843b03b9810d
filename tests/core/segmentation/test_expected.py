import numpy as np
import pytest

from core.domain.arrays import BoolArray, FloatArray
from core.segmentation.expected import expect_normal


def _lines(side: int = 160) -> FloatArray:
    bright = (np.arange(side) % 16) < 8
    return np.broadcast_to(np.where(bright, 0.7, 0.2), (side, side)).astype(np.float32).copy()


def _square(side: int, top: int, left: int, size: int) -> BoolArray:
    mask = np.zeros((side, side), np.bool_)
    mask[top : top + size, left : left + size] = True
    return mask


def test_a_bridge_between_lines_is_replaced_by_the_space_that_belongs_there() -> None:
    clean = _lines()
    mask = _square(160, 76, 72, 8)
    bridged = clean.copy()
    bridged[mask] = 0.7
    found, wanted = expect_normal(bridged, mask), expect_normal(clean, np.zeros_like(mask))
    assert np.abs(found - wanted)[mask].max() < 0.02
    assert np.abs(expect_normal(bridged, np.zeros_like(mask)) - wanted)[mask].max() > 0.3


def test_what_is_not_near_the_defect_stays() -> None:
    image = np.random.default_rng(0).random((160, 160), np.float32)
    mask = _square(160, 60, 60, 10)
    found, blurred = expect_normal(image, mask), expect_normal(image, np.zeros_like(mask))
    far = np.ones_like(mask)
    far[50:80, 50:80] = False
    assert np.array_equal(found[far], blurred[far])


def test_illumination_is_that_of_the_place() -> None:
    ramp = np.linspace(0, 0.2, 160, dtype=np.float32)[:, None]
    clean = _lines() * 0.8 + ramp
    mask = _square(160, 120, 72, 8)
    broken = clean.copy()
    broken[mask] = 1.0
    wanted = expect_normal(clean, np.zeros_like(mask))
    assert np.abs(expect_normal(broken, mask) - wanted)[mask].max() < 0.05


@pytest.mark.parametrize("size", [60, 64])
def test_where_no_other_place_is_left_nothing_is_foretold(size: int) -> None:
    image = np.random.default_rng(1).random((64, 64), np.float32)
    mask = _square(64, 0, 0, size)
    assert np.array_equal(expect_normal(image, mask), expect_normal(image, np.zeros_like(mask)))
