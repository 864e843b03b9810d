import numpy as np
import pytest

from core.discovery.training.augment import change_acquisition, draw_view, soften_mask


@pytest.fixture
def window():
    rng = np.random.default_rng(1)
    mask = np.zeros((80, 80), np.uint8)
    mask[34:44, 30:46] = 255
    return np.stack([rng.integers(0, 256, (80, 80)).astype(np.uint8), mask])


def test_views_are_standardised_and_keep_the_defect(window):
    for seed in range(40):
        view = draw_view(window, 48, np.random.default_rng(seed))
        assert view.shape == (2, 48, 48)
        assert view.dtype == np.float32
        assert abs(float(view[0].mean())) < 0.2
        assert 0 < float(view[1].max()) <= 1
        assert float(view[1].min()) >= 0


def test_a_view_follows_from_its_seed(window):
    one, same, other = (draw_view(window, 48, np.random.default_rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_acquisition_never_leaves_the_scale():
    pixels = np.random.default_rng(0).random((48, 48), np.float32)
    for seed in range(40):
        changed = change_acquisition(pixels, np.random.default_rng(seed))
        assert changed.dtype == np.float32
        assert np.isfinite(changed).all()
        assert 0 <= float(changed.min()) <= float(changed.max()) <= 1


def test_a_speck_survives_a_detectors_roughness():
    mask = np.zeros((48, 48), np.float32)
    mask[20, 20] = 1
    for seed in range(60):
        assert float(soften_mask(mask, np.random.default_rng(seed)).max()) > 0.03


def test_an_empty_mask_stays_empty():
    for seed in range(20):
        assert not soften_mask(np.zeros((32, 32), np.float32), np.random.default_rng(seed)).any()
