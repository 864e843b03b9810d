import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from core.domain.lots import PixelSize
from core.domain.maps import Region, ScoreMap
from core.domain.recipes import SegmentationOptions
from core.segmentation import binarize_component_tree, binarize_mebin, binarize_plateau, segment

RULES = ["component_tree", "plateau", "mebin"]

SIDES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40)
MAPS = hnp.arrays(np.float32, SIDES, elements=st.floats(0, 1, width=32), fill=st.just(np.float32(0)))
OPTIONS = st.builds(
    SegmentationOptions,
    rule=st.sampled_from(RULES),
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
def test_a_map_under_the_floor_is_clean_by_every_rule(values, options):
    mask, regions = segment(ScoreMap(values, 0.0), options, floor=1.0)
    assert mask.area_px == 0
    assert regions == ()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_a_map_that_is_equal_all_over_outlines_nothing(rule, level):
    flat = ScoreMap(np.full((60, 80), level, dtype=np.float32), 1.0)
    mask, regions = segment(flat, SegmentationOptions(rule=rule), floor=0.2)
    assert mask.area_px == 0
    assert regions == ()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_a_map_with_a_value_that_is_no_number_is_refused(rule, broken):
    values = np.full((60, 80), 0.1, dtype=np.float32)
    values[3, 4] = broken
    with pytest.raises(ValueError, match="NaN or infinities"):
        segment(ScoreMap(values, 0.0), SegmentationOptions(rule=rule), floor=0.2)


@pytest.mark.parametrize(
    "binarize", [lambda values: binarize_component_tree(values, 0.2), binarize_mebin, binarize_plateau]
)
def test_an_empty_map_is_refused(binarize):
    with pytest.raises(ValueError, match="empty"):
        binarize(np.zeros((0, 5), dtype=np.float32))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("side", [224, 900])
def test_a_defect_over_a_third_of_the_image_is_outlined(rule, side):
    rows, columns = np.mgrid[:side, :side] / side
    inside = np.clip((0.33 - np.hypot(rows - 0.5, columns - 0.45)) * 30, 0, 1)  # a disc with a soft edge
    noise = ndimage.gaussian_filter(np.random.default_rng(3).normal(0, 1, (side, side)), side / 150)
    values = np.clip(0.1 + 0.02 * noise / noise.std() + 0.6 * inside, 0, 1).astype(np.float32)
    mask, regions = segment(ScoreMap(values, 1.0), SegmentationOptions(rule=rule), floor=0.25)
    expected = inside > 0.5
    assert len(regions) == 1
    assert (mask.pixels & expected).sum() / (mask.pixels | expected).sum() > 0.8


def a_map_with_squares(*sides_px):
    values = np.zeros((60, 40 * len(sides_px)), dtype=np.float32)
    for index, side in enumerate(sides_px):
        values[20 : 20 + side, 40 * index + 10 : 40 * index + 10 + side] = 0.8
    return ScoreMap(values, 1.0)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("nm_per_px", "areas_px"),
    [(2.0, [100]), (2.5, [100, 64]), (4.0, [100, 64, 36]), (None, [100, 64, 36])],
)
def test_the_least_area_on_the_wafer_holds_where_the_pixel_size_is_known(rule, nm_per_px, areas_px):
    options = SegmentationOptions(rule=rule, min_area_px=30, min_area_nm2=400.0)
    pixel_size = None if nm_per_px is None else PixelSize(nm_per_px, "manual")
    _, regions = segment(a_map_with_squares(10, 8, 6), options, floor=0.2, pixel_size=pixel_size)
    assert [region.area_px for region in regions] == areas_px


def test_the_least_area_in_pixels_holds_beside_it():
    options = SegmentationOptions(min_area_px=50, min_area_nm2=1e-3)
    _, regions = segment(a_map_with_squares(10, 6), options, floor=0.2, pixel_size=PixelSize(0.1, "FEI"))
    assert [region.area_px for region in regions] == [100]


def test_a_region_of_just_the_least_area_stays():
    options = SegmentationOptions(min_area_px=1, min_area_nm2=0.36)
    _, regions = segment(a_map_with_squares(6), options, floor=0.2, pixel_size=PixelSize(0.1, "FEI"))
    assert [region.area_px for region in regions] == [36]


def test_two_defects_that_touch_are_two_regions_and_the_faint_one_is_named():
    rows, columns = np.mgrid[:100, :120]
    strong, faint = (
        height * np.exp(-((rows - 50) ** 2 + (columns - column) ** 2) / 72)
        for column, height in ((40, 0.6), (66, 0.25))
    )
    values = (0.2 + strong + faint).astype(np.float32)
    _, regions = segment(ScoreMap(values, 1.0), SegmentationOptions(), floor=0.25)
    assert [round(region.centroid_xy[0]) for region in regions] == [40, 66]


@pytest.mark.parametrize("rule", RULES)
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
