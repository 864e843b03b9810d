import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.segmentation import binarize_component_tree, self_floor

SIDES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)


def bump(shape, center_yx, sigma, height):
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    distance = (rows - center_yx[0]) ** 2 + (columns - center_yx[1]) ** 2
    return (height * np.exp(-distance / (2 * sigma**2))).astype(np.float32)


@given(shape=SIDES, value=st.floats(0, 100, width=32))
def test_a_constant_map_at_its_floor_has_no_defect(shape, value):
    values = np.full(shape, value, dtype=np.float32)
    assert not binarize_component_tree(values, value).any()
    assert not binarize_component_tree(values, None).any()


@given(values=hnp.arrays(np.float32, SIDES, elements=st.floats(0, 1, width=32)))
def test_noise_under_the_floor_has_no_defect(values):
    assert not binarize_component_tree(values, 1.0).any()


@given(
    values=hnp.arrays(np.float32, SIDES, elements=st.floats(0, 1, width=32)),
    floor=st.floats(0, 1),
    border_px=st.integers(0, 50),
    min_area_px=st.integers(1, 20),
)
def test_the_margin_stays_clear(values, floor, border_px, min_area_px):
    mask = binarize_component_tree(values, floor, border_px=border_px, min_area_px=min_area_px)
    assert mask.shape == values.shape
    inner = np.zeros_like(mask)
    height, width = mask.shape
    inner[border_px : max(height - border_px, 0), border_px : max(width - border_px, 0)] = True
    assert not (mask & ~inner).any()


def test_each_defect_is_cut_at_half_its_own_peak():
    strong = bump((120, 200), (60, 50), 8, 10)
    faint = bump((120, 200), (60, 150), 8, 1)
    mask = binarize_component_tree(strong + faint, 0.2)
    half_width = 8 * np.sqrt(2 * np.log(2))
    assert mask[:, :100].sum() == pytest.approx(np.pi * half_width**2, rel=0.1)
    assert mask[:, 100:].sum() == pytest.approx(np.pi * half_width**2, rel=0.35)


def test_a_higher_cut_gives_a_smaller_mask():
    values = bump((80, 80), (40, 40), 10, 1)
    areas = [binarize_component_tree(values, 0.1, cut=cut).sum() for cut in (0.0, 0.25, 0.5, 0.9)]
    assert areas == sorted(areas, reverse=True)
    assert len(set(areas)) == 4


def test_holes_are_filled_and_specks_dropped():
    values = np.zeros((40, 40), dtype=np.float32)
    values[10:20, 10:20] = 1
    values[13:16, 13:16] = 0
    values[30, 30] = 1
    mask = binarize_component_tree(values, 0.5)
    assert mask[10:20, 10:20].all()
    assert mask.sum() == 100


def test_a_column_major_map_gives_the_same_mask():
    values = bump((50, 70), (20, 30), 5, 1)
    expected = binarize_component_tree(values, 0.1)
    assert expected.any()
    np.testing.assert_array_equal(binarize_component_tree(np.asfortranarray(values), 0.1), expected)


def test_the_self_floor_lies_over_the_noise_and_under_the_defect():
    noise = np.random.default_rng(5).normal(1, 0.1, (448, 448)).astype(np.float32)
    floor = self_floor(noise)
    assert floor == pytest.approx(1 + 7 * 0.0674, rel=0.02)
    mask = binarize_component_tree(noise + bump(noise.shape, (200, 100), 6, 5), None)
    assert mask[200, 100]
    assert mask[150:250, 50:150].sum() == mask.sum()
