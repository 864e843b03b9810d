import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

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


def regions_of(mask):
    return ndimage.label(mask, np.ones((3, 3)))[1]


def cut_at_one_level(values, floor):
    """Each component above the floor cut at half its highest peak, whatever else is in it."""
    labels, count = ndimage.label(values > floor, np.ones((3, 3)))
    peaks = np.append(0, ndimage.maximum(values, labels, range(1, count + 1))).astype(np.float32)
    return (labels > 0) & (
        values - np.float32(floor) >= np.float32(0.5) * (peaks[labels] - np.float32(floor))
    )


@given(
    values=hnp.arrays(np.float32, SIDES, elements=st.integers(0, 64).map(lambda level: level / 64)),
    floor=st.integers(0, 32).map(lambda level: level / 64),
)
def test_branches_only_add_to_the_cut_at_the_highest_peak(values, floor):
    mask = binarize_component_tree(values, floor, min_area_px=1, border_px=0)
    if values.min() < values.max():
        assert not (cut_at_one_level(values, floor) & ~mask).any()
    assert not (mask & ~ndimage.binary_fill_holes(values > floor)).any()


@pytest.mark.parametrize("scale", [1, 3], ids=["at full size", "in blocks"])
@pytest.mark.parametrize("faint", [0.8, 0.5, 0.25])
def test_two_defects_whose_skirts_touch_are_both_cut_at_their_own_peak(scale, faint):
    shape, sigma = (120 * scale, 200 * scale), 8 * scale
    values = bump(shape, (60 * scale, 70 * scale), sigma, 0.9)
    values += bump(shape, (60 * scale, 110 * scale), sigma, faint)
    assert regions_of(values > 0.02) == 1
    mask = binarize_component_tree(values, 0.02)
    assert regions_of(mask) == 2
    for side, height in ((mask[:, : 92 * scale], 0.9), (mask[:, 92 * scale :], faint)):
        expected_px = 2 * np.pi * sigma**2 * np.log(height / (0.02 + height) * 2)
        assert side.sum() == pytest.approx(expected_px, rel=0.1)


def test_a_branch_falls_apart_again():
    peaks = {(40, 30): 1.0, (40, 70): 0.4, (40, 98): 0.35}
    values = sum(bump((80, 140), center, 7, height) for center, height in peaks.items())
    assert regions_of(values > 0.015) == 1
    mask = binarize_component_tree(values, 0.015)
    assert regions_of(mask) == 3
    assert all(mask[center] for center in peaks)


def test_a_shoulder_is_no_defect_of_its_own():
    values = bump((100, 100), (50, 40), 10, 1) + bump((100, 100), (50, 62), 6, 0.3)
    mask = binarize_component_tree(values, 0.1)
    assert regions_of(mask) == 1
    np.testing.assert_array_equal(mask, cut_at_one_level(values, 0.1))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("grain_px", [0, 2, 4])
def test_noise_does_not_split_a_defect(seed, grain_px):
    noise = np.random.default_rng(seed).normal(0, 1, (224, 224))
    noise = ndimage.gaussian_filter(noise, grain_px)
    values = 0.1 + 0.03 * noise / noise.std() + bump((224, 224), (110, 112), 12, 0.6)
    mask = binarize_component_tree(values.astype(np.float32), 0.25)
    assert regions_of(mask) == 1
    assert mask[110, 112]


@given(shape=SIDES, value=st.floats(0, 1, width=32), floor=st.floats(-1, 1))
def test_a_flat_map_has_no_defect_even_above_the_floor(shape, value, floor):
    assert not binarize_component_tree(np.full(shape, value, dtype=np.float32), floor).any()


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
