import numpy as np
import pytest

from core.domain.errors import UserError
from core.domain.maps import Mask, ScoreMap
from core.jobs import JobContext
from core.segmentation.crops import cut_crops
from core.segmentation.regions import find_regions
from core.services.training.crops import (
    CropPlan,
    as_crop,
    cut_window,
    open_crops,
    render_crop_windows,
)
from core.services.training.kinds import TWINS, known_kinds, label_of, novel_kinds
from core.synthesis import KINDS

PLAN = CropPlan(4, 128, 40, 7, ("lines_spaces", "blanket_film"), ("particle", "bridge", "nodule"))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crops")
    render_crop_windows(PLAN, folder, JobContext())
    return folder


def test_kinds_come_in_turn_on_layouts_that_bear_them(rendered):
    crops = open_crops(rendered)
    assert sorted(crops.kinds) == sorted(["bridge", "nodule", "particle", "bridge"])
    layouts = {"bridge": {"lines_spaces"}, "nodule": {"blanket_film"}, "particle": set(PLAN.families)}
    assert all(f in layouts[k] for k, f in zip(crops.kinds, crops.families, strict=True))
    assert crops.windows.shape == (4, 2, 40, 40)
    assert all(window[1].max() > 100 for window in crops.windows)


def test_crops_of_the_same_plan_are_not_rendered_again(rendered):
    before = (rendered / "windows.npy").stat().st_mtime_ns
    kept = open_crops(rendered).windows.copy()
    render_crop_windows(PLAN, rendered, JobContext())
    np.testing.assert_array_equal(open_crops(rendered).windows, kept)
    assert (rendered / "windows.npy").stat().st_mtime_ns - before < 10**10


def test_crops_of_another_plan_are_refused(rendered):
    other = CropPlan(
        5, *(getattr(PLAN, name) for name in ("image_side", "side", "seed", "families", "kinds"))
    )
    with pytest.raises(UserError, match=r"count 4 \(now 5\)"):
        render_crop_windows(other, rendered, JobContext())


def test_missing_crops_are_a_sentence(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        open_crops(tmp_path)


def test_the_middle_of_a_window_is_the_crop_that_the_product_cuts():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (400, 400)).astype(np.uint8)
    mask = np.zeros((400, 400), bool)
    mask[200:230, 180:190] = True
    values = mask.astype(np.float32)
    regions = find_regions(mask, values)
    product = cut_crops(image, ScoreMap(values, 1.0), Mask(mask), regions, floor=0.2)[0]
    crop = as_crop(cut_window(image, mask, round(product.pixels.shape[0] * 1.25)))
    np.testing.assert_allclose(crop.pixels, product.pixels, atol=1e-6)
    np.testing.assert_array_equal(crop.soft_mask, product.soft_mask)


def test_half_of_the_looks_are_kept_from_the_embedding():
    known, novel = (set(map(label_of, kinds)) for kinds in (known_kinds(), novel_kinds()))
    assert not known & novel
    assert abs(len(known) - len(novel)) <= 1
    assert not any(KINDS[kind].held_out for kind in known_kinds())
    assert all(KINDS[twin].make is KINDS[other].make for twin, other in TWINS.items())
