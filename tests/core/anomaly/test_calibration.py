from itertools import pairwise

import numpy as np
import pytest

from core.anomaly.calibration import fit_scales


@pytest.fixture
def scales():
    rng = np.random.default_rng(1)
    maps = [rng.normal(10, 1, (16, 16)).astype(np.float32) for _ in range(30)]
    return fit_scales(maps, [float(one.max()) for one in maps]), maps


def test_a_map_is_one_half_where_few_normal_images_reach(scales):
    calibration, maps = scales
    above = [bool((calibration.map_values(one) > 0.5).any()) for one in maps]
    assert 1 <= sum(above) <= 4
    assert float(np.median(calibration.map_values(maps[0]))) < 0.01


def test_the_order_survives_far_beyond_what_is_normal(scales):
    calibration, _ = scales
    raw = np.concatenate([np.linspace(-50, 60, 300), np.geomspace(61, 1000, 50)]).astype(np.float32)
    values = calibration.map_values(raw[None])[0]
    assert values.min() >= 0
    assert values.max() <= 1
    assert np.all(np.diff(values) >= 0)
    assert np.all(np.diff(values[raw > 12]) > 0)
    scores = [calibration.image_score(float(one)) for one in raw]
    assert all(first < second for first, second in pairwise(scores[200:]))


def test_images_that_are_all_alike_have_a_scale_too():
    calibration = fit_scales([np.full((4, 4), 2.0, np.float32)] * 3, [5.0] * 3)
    assert calibration.image_score(5.0) == pytest.approx(0.119, abs=0.001)
    assert calibration.image_score(6.0) > 0.5
    assert np.isfinite(calibration.map_values(np.array([[2.0, 3.0]], np.float32))).all()
    with pytest.raises(ValueError, match="at least one"):
        fit_scales([], [])
