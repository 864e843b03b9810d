import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from core.segmentation import binarize_mebin

SIDES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24)
MAPS = hnp.arrays(np.float32, SIDES, elements=st.integers(0, 255).map(lambda level: level / 255))


def mebin_by_hand(values, floor):
    """The published rule, mask by mask, on a map that needs no pooling."""
    cuts = [np.float32(level) / np.float32(255) for level in range(255, 0, -4)]
    cuts = [cut for cut in cuts if cut > floor]
    eroded = [cv2.erode((values >= cut).astype(np.uint8), np.ones((6, 6), np.uint8)) for cut in cuts]
    counts = [ndimage.label(mask, np.ones((3, 3)))[1] for mask in eroded]
    best, longest, first = None, 3, 0
    for last in range(len(cuts)):
        if last + 1 < len(cuts) and counts[last + 1] == counts[last]:
            continue
        if counts[last] and last - first + 1 > longest:
            best, longest = cuts[last], last - first + 1
        first = last + 1
    return np.zeros(values.shape, np.bool_) if best is None else values >= best


@given(values=MAPS, floor=st.sampled_from([0.0, 0.25, 0.9, 1.0]))
def test_it_is_the_published_rule_without_erosion_of_the_result(values, floor):
    mask, threshold = binarize_mebin(values, floor)
    if values.min() < values.max():
        np.testing.assert_array_equal(mask, mebin_by_hand(values, floor))
    assert mask.any() == np.isfinite(threshold)
    assert threshold > floor


def test_two_thick_defects_are_cut_where_there_are_two():
    values = np.random.default_rng(0).uniform(0, 0.2, (448, 448)).astype(np.float32)
    values[100:130, 100:130] = 0.9
    values[300:330, 200:240] = 0.6
    mask, threshold = binarize_mebin(values, 0.2)
    np.testing.assert_array_equal(mask, values >= 0.6)
    assert 0.2 <= threshold <= 0.6


def test_a_scratch_beside_a_thick_defect_is_neither_eroded_nor_lost():
    values = np.full((224, 224), 0.05, dtype=np.float32)
    values[40:80, 40:80] = 0.8
    values[150:152, 20:200] = 0.8
    mask, _ = binarize_mebin(values, 0.25)
    np.testing.assert_array_equal(mask, values == np.float32(0.8))


def test_a_scratch_alone_is_not_counted():
    values = np.full((224, 224), 0.05, dtype=np.float32)
    values[150:152, 20:200] = 0.8
    mask, threshold = binarize_mebin(values, 0.25)
    assert not mask.any()
    assert threshold == float("inf")


def test_a_count_that_never_settles_is_no_defect():
    values = np.zeros((224, 224), dtype=np.float32)
    for index in range(24):  # another block at every second threshold
        row, column = divmod(index, 6)
        values[10 + 40 * row : 20 + 40 * row, 10 + 35 * column : 20 + 35 * column] = 1 - index * 8 / 255
    assert not binarize_mebin(values, 0.25)[0].any()


@pytest.mark.parametrize("floor", [1.0, 2.0])
def test_a_floor_at_the_end_of_the_range_leaves_nothing_to_try(floor):
    values = np.eye(50, dtype=np.float32)
    assert not binarize_mebin(values, floor)[0].any()
