from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.detection.registry import load_detector
from core.domain.detections import ModelVerdict
from core.domain.errors import JobCancelled, UserError
from core.domain.recipes import SegmentationOptions, Thresholds
from core.jobs import JobContext
from core.lots import read_lot
from core.services.detection.cuts import Cuts, cuts_of, judge
from core.services.detection.measuring import measure_images


@pytest.fixture
def detector(recipe):
    return load_detector(recipe.detector, "cpu")


def measure(folder, detector, recipe, ctx=None):
    lot = read_lot(folder, JobContext())
    return list(measure_images(lot.images, detector, recipe, ctx or JobContext()))


def marking_all(recipe, border_px=0):
    """The recipe by which every place is defective."""
    options = SegmentationOptions(floor=0.0, border_px=border_px)
    return recipe.model_copy(
        update={"thresholds": Thresholds(unknown_at=0, ng_at=0), "segmentation": options}
    )


def test_every_image_is_measured_in_order(folder, detector, recipe):
    measured = measure(folder, detector, recipe)
    assert [one.record.name for one in measured] == ["a.png", "sub/b.png", "sub/c.png"]
    for one in measured:
        assert one.values.shape == one.mask.shape == one.record.size_hw
        assert (
            one.detection.area_px == one.mask.sum() == sum(region.area_px for region in one.detection.regions)
        )
        assert one.detection.verdict is judge(one.detection.score, cuts_of(recipe, detector))


def test_the_info_bar_is_neither_measured_nor_marked(tmp_path, detector, recipe):
    specimen = np.random.default_rng(0).integers(0, 256, (72, 96)).astype(np.uint8)
    results = []
    for name, bar in (("dark.png", 0), ("bright.png", 255)):
        image = np.vstack([specimen, np.full((24, 96), bar, np.uint8)])
        (tmp_path / name).write_bytes(cv2.imencode(".png", image)[1].tobytes())
        record = replace(read_lot(tmp_path / name, JobContext()).images[0], content_height=72)
        results += measure_images([record], detector, marking_all(recipe), JobContext())
    dark, bright = results
    assert dark.detection.score == bright.detection.score
    assert dark.detection.regions == bright.detection.regions
    assert dark.mask[:72].any()
    assert not dark.mask[72:].any()
    assert not dark.values[72:].any()


def test_nothing_is_marked_in_the_border_margin(folder, detector, recipe):
    for one in measure(folder, detector, marking_all(recipe, border_px=9)):
        margin = one.mask.copy()
        margin[9:-9, 9:-9] = False
        assert one.mask.any()
        assert not margin.any()


def test_the_recipe_overrules_the_calibration(folder, detector, recipe):
    strict = recipe.model_copy(update={"thresholds": Thresholds(unknown_at=1.0, ng_at=1.0)})
    for one in measure(folder, detector, strict):
        assert one.detection.verdict is ModelVerdict.OK
        assert (one.detection.unknown_at, one.detection.threshold) == (1.0, 1.0)
        assert not one.mask.any()
        assert one.detection.regions == ()
    floor = recipe.model_copy(update={"segmentation": SegmentationOptions(floor=0.77)})
    assert cuts_of(floor, detector).floor == 0.77


def test_a_threshold_that_contradicts_the_calibration_is_a_sentence(detector, recipe):
    lopsided = recipe.model_copy(update={"thresholds": Thresholds(unknown_at=0.9)})
    with pytest.raises(UserError, match="contradict"):
        cuts_of(lopsided, detector)


def test_an_image_that_vanished_is_one_failed_result(folder, detector, recipe):
    lot = read_lot(folder, JobContext())
    (folder / "a.png").unlink()
    first, *others = measure_images(lot.images, detector, recipe, JobContext())
    assert first.values is None
    assert first.detection.score is None
    assert first.detection.error
    assert all(one.detection.error == "" for one in others)


def test_a_batch_can_be_stopped(folder, detector, recipe):
    ctx = JobContext()
    lot = read_lot(folder, JobContext())
    results = measure_images(lot.images, detector, recipe, ctx)
    next(results)
    ctx.token.cancel()
    with pytest.raises(JobCancelled):
        list(results)


@pytest.mark.parametrize(
    ("score", "verdict"),
    [
        (0.1, ModelVerdict.OK),
        (0.2, ModelVerdict.UNKNOWN),
        (0.29, ModelVerdict.UNKNOWN),
        (0.3, ModelVerdict.NG),
    ],
)
def test_two_cuts_make_three_verdicts(score, verdict):
    assert judge(score, Cuts(unknown_at=0.2, ng_at=0.3, floor=0.5)) is verdict
