"""Levels, histogram, shades and outlines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.presenters.review.levels import drag_levels, effective_levels
from app.presenters.review.pixels import GrayStatistics, measure_gray, shade_map, trace_outline
from app.presenters.review.state import ManualLevels
from core.domain.arrays import BoolArray, FloatArray


def filled(segments: FloatArray, size_hw: tuple[int, int]) -> BoolArray:
    """The mask again: a pixel is inside where an odd number of upright edges lies to its left."""
    crossings = np.zeros((size_hw[0], size_hw[1] + 1), int)
    for (x0, y0), (x1, y1) in segments.astype(int):
        if x0 == x1:
            crossings[min(y0, y1) : max(y0, y1), x0] += 1
    inside: BoolArray = (np.cumsum(crossings, axis=1)[:, :-1] % 2).astype(bool)
    return inside


@given(arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_an_outline_encloses_exactly_the_mask(mask: BoolArray) -> None:
    segments = trace_outline(mask)
    assert np.array_equal(filled(segments, (mask.shape[0], mask.shape[1])), mask)
    transposed = trace_outline(mask.T)
    assert np.abs(np.diff(segments, axis=1)).sum() == np.abs(np.diff(transposed, axis=1)).sum()


def test_a_rectangle_is_four_segments() -> None:
    mask = np.zeros((10, 12), bool)
    mask[2:5, 3:9] = True
    found = {tuple(map(tuple, segment)) for segment in trace_outline(mask).astype(int)}
    assert found == {((3, 2), (9, 2)), ((3, 5), (9, 5)), ((3, 2), (3, 5)), ((9, 2), (9, 5))}


@pytest.mark.parametrize(("dtype", "low", "high"), [(np.uint8, 90, 110), (np.uint16, 1900, 2100)])
def test_a_dead_and_a_saturated_pixel_do_not_set_the_window(dtype: type, low: int, high: int) -> None:
    pixels = np.random.default_rng(0).integers(low, high, (128, 128)).astype(dtype)
    pixels[3, 3], pixels[5, 5] = 0, np.iinfo(dtype).max
    statistics = measure_gray(pixels, 128)
    twentieth = (high - low) * 0.05
    assert low <= statistics.levels[0] < low + twentieth
    assert high - twentieth <= statistics.levels[1] < high


@pytest.mark.parametrize("stretch", [1, 16, 257])
def test_the_histogram_of_stretched_gray_values_has_no_gaps(stretch: int) -> None:
    narrow = np.random.default_rng(0).normal(128, 20, (128, 128)).clip(60, 200).astype(np.uint16)
    counts = measure_gray(narrow * np.uint16(stretch), 128).counts
    assert (counts[2:-2] > 0).all()


def test_the_info_bar_does_not_set_the_window() -> None:
    pixels = np.full((100, 50), 40, np.uint8)
    pixels[:80] = np.random.default_rng(0).integers(30, 60, (80, 50))
    pixels[80:] = 255
    assert measure_gray(pixels, 80).levels[1] < 60


@given(arrays(np.uint16, (6, 7)))
def test_every_image_has_a_window_and_a_histogram(pixels: np.ndarray) -> None:
    statistics = measure_gray(pixels, 6)
    assert statistics.levels[0] < statistics.levels[1]
    assert statistics.low < statistics.high
    assert 2 <= statistics.counts.size <= 128


def test_the_scale_of_the_map_is_fixed_and_clips() -> None:
    values = np.array([[-1.0, 0.0, 0.5, 1.0, 7.0]], np.float32)
    assert shade_map(values, (0.0, 1.0)).tolist() == [[0, 0, 127, 255, 255]]
    assert shade_map(values / 2, (0.0, 0.5)).tolist() == [[0, 0, 127, 255, 255]]


def test_a_manual_window_holds_for_images_of_its_depth_only() -> None:
    statistics = GrayStatistics((10.0, 20.0), 0.0, 255.0, np.zeros(2, np.float32))
    manual = ManualLevels(100.0, 4000.0, 16)
    assert effective_levels(manual, statistics, 16) == (100.0, 4000.0)
    assert effective_levels(manual, statistics, 8) == (10.0, 20.0)


@given(
    st.floats(-2, 2),
    st.floats(-2, 2),
    st.integers(0, 60_000),
    st.integers(2, 5_000),
    st.floats(1, 65_535),
)
def test_a_drag_widens_to_the_right_brightens_upwards_and_never_inverts(
    right: float, up: float, low: int, width: int, span: float
) -> None:
    before = (float(low), float(low + width))
    dragged = drag_levels(before, right, up, span)
    assert dragged[1] - dragged[0] >= 1
    assert drag_levels(before, 0, 0, span) == before
    if right >= 0:
        assert dragged[1] - dragged[0] >= width - 1
    if up >= 0:
        assert sum(dragged) <= sum(before) + 2
