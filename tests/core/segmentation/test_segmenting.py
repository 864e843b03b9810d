import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from core.domain.maps import Region, ScoreMap
from core.domain.recipes import SegmentationOptions
from core.segmentation import segment

SIDES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)
MAPS = hnp.arrays(np.float32, SIDES, elements=st.floats(0, 1, width=32), fill=st.just(np.float32(0)))
OPTIONS = st.builds(
    SegmentationOptions,
    rule=st.sampled_from(["component_tree", "plateau"]),
    min_area_px=st.integers(1, 12),
    border_px=st.integers(0, 6),
)


@given(values=MAPS, options=OPTIONS, floor=st.floats(0, 1))
def test_regions_cover_the_mask_exactly_and_lie_inside_the_image(values, options, floor):
    mask, regions = segment(ScoreMap(values, 0.0), options, floor=floor)
    covered = np.zeros(values.shape, dtype=np.bool_)
    for region in regions:
        left, top, width, height = region.bbox_xywh
        assert 0 <= left < left + width <= values.shape[1]
        assert 0 <= top < top + height <= values.shape[0]
        assert left <= region.centroid_xy[0] <= left + width - 1
        assert top <= region.centroid_xy[1] <= top + height - 1
        assert region.area_px >= options.min_area_px
        covered[top : top + height, left : left + width] = True
    assert mask.pixels.shape == values.shape
    assert mask.area_px == sum(region.area_px for region in regions)
    assert not (mask.pixels & ~covered).any()
    assert len(regions) == ndimage.label(mask.pixels, np.ones((3, 3)))[1]


@given(values=MAPS, options=OPTIONS, floor=st.floats(0, 1))
def test_regions_come_most_anomalous_first_with_their_peak_as_score(values, options, floor):
    mask, regions = segment(ScoreMap(values, 0.0), options, floor=floor)
    scores = [region.score for region in regions]
    assert scores == sorted(scores, reverse=True)
    if regions:
        assert scores[0] == values[mask.pixels].max()


@given(values=MAPS, options=OPTIONS)
def test_a_map_under_the_floor_is_clean_by_either_rule(values, options):
    mask, regions = segment(ScoreMap(values, 0.0), options, floor=1.0)
    assert mask.area_px == 0
    assert regions == ()


@pytest.mark.parametrize("rule", ["component_tree", "plateau"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 2)])
def test_tiny_maps_are_no_error(rule, shape):
    values = np.linspace(0, 1, shape[0] * shape[1], dtype=np.float32).reshape(shape)
    options = SegmentationOptions(rule=rule, min_area_px=1, border_px=0)
    mask, regions = segment(ScoreMap(values, 1.0), options, floor=-1.0)
    assert mask.area_px == sum(region.area_px for region in regions)


def test_a_region_is_measured():
    values = np.zeros((30, 40), dtype=np.float32)
    values[10:14, 20:28] = 1
    values[12, 22] = 3
    values[12, 23] = 2.5
    options = SegmentationOptions(min_area_px=1)
    _, (region,) = segment(ScoreMap(values, 0.0), options, floor=0.5)
    assert region == Region(bbox_xywh=(22, 12, 2, 1), area_px=2, centroid_xy=(22.5, 12.0), score=3.0)
