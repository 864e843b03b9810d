import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.maps import Mask, Region, ScoreMap
from core.segmentation import cut_crops, find_regions

BOXES = st.tuples(st.integers(0, 199), st.integers(0, 199), st.integers(1, 200), st.integers(1, 200))


def scene(shape, boxes, value=2.0):
    values = np.zeros(shape, dtype=np.float32)
    for x, y, width, height in boxes:
        values[y : y + height, x : x + width] = value
    mask = values > 1
    return ScoreMap(values, value), Mask(mask), find_regions(mask, values)


@given(
    shape=st.tuples(st.integers(1, 200), st.integers(1, 200)),
    boxes=st.lists(BOXES, max_size=6),
    dtype=st.sampled_from([np.uint8, np.uint16]),
)
def test_crops_are_squares_of_the_image(shape, boxes, dtype):
    image = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)
    score_map, mask, regions = scene(shape, boxes)
    crops = cut_crops(image, score_map, mask, regions, floor=1.0)
    assert sum(crop.region.area_px for crop in crops) == mask.area_px
    for crop in crops:
        left, top = crop.origin_xy
        side = crop.pixels.shape[0]
        assert crop.pixels.shape == crop.soft_mask.shape == (side, side)
        assert 0 <= left <= left + side <= shape[1]
        assert 0 <= top <= top + side <= shape[0]
        expected = image[top : top + side, left : left + side] / np.iinfo(dtype).max
        np.testing.assert_allclose(crop.pixels, expected, atol=1e-6)
        assert crop.soft_mask.min() >= 0
        assert crop.soft_mask.max() <= 1


def test_the_square_is_a_fifth_of_the_image_around_a_small_defect():
    score_map, mask, regions = scene((200, 200), [(100, 60, 4, 4)])
    (crop,) = cut_crops(np.zeros((200, 200), np.uint8), score_map, mask, regions, floor=1.0)
    assert crop.pixels.shape == (40, 40)
    assert crop.origin_xy == (82, 42)


def test_the_square_follows_a_large_defect():
    score_map, mask, regions = scene((200, 200), [(40, 60, 100, 30)])
    (crop,) = cut_crops(np.zeros((200, 200), np.uint8), score_map, mask, regions, floor=1.0)
    assert crop.pixels.shape == (110, 110)
    assert crop.origin_xy == (35, 20)


def test_the_square_of_a_defect_at_the_edge_is_shifted_inside():
    score_map, mask, regions = scene((200, 200), [(190, 0, 10, 10)])
    (crop,) = cut_crops(np.zeros((200, 200), np.uint8), score_map, mask, regions, floor=1.0)
    assert crop.origin_xy == (160, 0)


def test_close_defects_share_a_crop_and_distant_ones_do_not():
    boxes = [(100, 100, 10, 10), (111, 100, 10, 10), (20, 20, 5, 5)]
    score_map, mask, regions = scene((200, 200), boxes)
    crops = cut_crops(np.zeros((200, 200), np.uint8), score_map, mask, regions, floor=1.0)
    merged = Region(bbox_xywh=(100, 100, 21, 10), area_px=200, centroid_xy=(110.0, 104.5), score=2.0)
    assert [crop.region.area_px for crop in crops] == [200, 25]
    assert crops[0].region == merged


def test_the_soft_mask_is_on_one_scale_and_leaves_dropped_specks_dark():
    values = np.zeros((100, 100), dtype=np.float32)
    values[45:55, 45:55] = 0.75
    values[50, 50] = 0.875
    values[40, 40] = 1.0  # a speck that the mask dropped
    mask = np.zeros((100, 100), dtype=np.bool_)
    mask[48:52, 48:52] = True
    regions = find_regions(mask, values)
    image = np.zeros((100, 100), np.uint8)
    (crop,) = cut_crops(image, ScoreMap(values, 9.0), Mask(mask), regions, floor=0.5)
    left, top = crop.origin_xy
    assert crop.soft_mask[45 - top, 45 - left] == 0.5
    assert crop.soft_mask[50 - top, 50 - left] == 0.75
    assert crop.soft_mask[40 - top, 40 - left] == 0.0


def test_a_floor_at_the_end_of_the_scale_is_no_error():
    score_map, mask, regions = scene((50, 50), [(20, 20, 6, 6)])
    (crop,) = cut_crops(np.zeros((50, 50), np.uint8), score_map, mask, regions, floor=1.0)
    assert crop.soft_mask.sum() == 36


def test_sizes_that_disagree_are_refused():
    score_map, mask, regions = scene((50, 50), [(20, 20, 6, 6)])
    with pytest.raises(ValueError, match="image"):
        cut_crops(np.zeros((50, 40), np.uint8), score_map, mask, regions, floor=0.0)
