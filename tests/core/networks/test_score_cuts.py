import numpy as np
import pytest

from core.domain.maps import ScoreMap
from core.networks.score_cuts import (
    fit_floor,
    hit_and_outline,
    hit_outline_and_precision,
    thresholds_of_clean,
)


@pytest.fixture
def image():
    """A map whose defect reaches 0.9 within and 0.35 around it, with specks of 0.3; and the truth."""
    values = np.zeros((40, 40), np.float32)
    values[10:20, 10:20] = 0.35
    values[12:18, 12:18] = 0.9
    values[::8, ::8] = 0.3
    truth = np.zeros((40, 40), bool)
    truth[12:18, 12:18] = True
    return ScoreMap(values, 0.9), truth


def above(values, floor):
    return values > floor


def test_the_floor_outlines_best(image):
    score_map, truth = image
    assert 0.35 <= fit_floor([score_map], truth[None], 0.5, above) < 0.9


def test_an_image_that_passes_does_not_count(image):
    score_map, truth = image
    wide = np.zeros_like(truth)
    wide[10:20, 10:20] = True
    passed = ScoreMap(score_map.values, 0.1)
    floor = fit_floor([score_map, passed], np.stack([truth, wide]), 0.5, above)
    assert floor == fit_floor([score_map], truth[None], 0.5, above)


def test_precision_counts_regions_that_touch_nothing(image):
    score_map, truth = image
    assert hit_and_outline(truth, truth) == hit_outline_and_precision(truth, truth) == 1
    specks = truth | (score_map.values == np.float32(0.3))
    assert hit_outline_and_precision(specks, truth) < hit_and_outline(specks, truth)
    nothing = np.zeros_like(truth)
    assert hit_and_outline(nothing, truth) == hit_outline_and_precision(nothing, truth) == 0


def test_thresholds_let_their_share_of_clean_images_pass():
    unknown_at, ng_at = thresholds_of_clean(np.linspace(0, 1, 1001))
    assert (unknown_at, ng_at) == pytest.approx((0.9, 0.98))
