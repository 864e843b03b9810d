import cv2
import numpy as np
import pytest

from core.change.drift import follow_drift

INSIDE = np.s_[16:-16, 16:-16]


@pytest.fixture
def unit(scene):
    return cv2.GaussianBlur(scene.astype(np.float32) / 255, (0, 0), 1.0)


def bent(image, amplitude):
    """Rows move sideways by up to `amplitude` px, as a stage that drifts while it is scanned."""
    ys, xs = np.indices(image.shape, np.float32)
    return cv2.remap(
        image, xs + amplitude * np.sin(ys / 60), ys, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )


def test_a_drift_of_three_pixels_is_followed(unit):
    test = bent(unit, 3.0)
    there = np.ones(unit.shape, np.bool_)
    followed, _ = follow_drift(test, unit, there)
    before, after = (np.abs(test - one)[INSIDE].mean() for one in (unit, followed))
    assert after < 0.3 * before


def test_a_defect_is_not_explained_away(unit):
    test = bent(unit, 2.0)
    test[120:132, 96:108] = 1 - test[120:132, 96:108]
    followed, _ = follow_drift(test, unit, np.ones(unit.shape, np.bool_))
    ideal = np.abs(test - bent(unit, 2.0))[120:132, 96:108].mean()
    assert np.abs(test - followed)[120:132, 96:108].mean() > 0.8 * ideal


def test_lines_do_not_slide_along_themselves():
    image = np.zeros((256, 256), np.float32)
    image[:, 100:120] = 1.0
    image = cv2.GaussianBlur(image, (0, 0), 1.5)
    followed, _ = follow_drift(np.roll(image, 2, axis=1), image, np.ones(image.shape, np.bool_))
    assert np.abs(followed - np.roll(image, 2, axis=1))[INSIDE].max() < 0.2
    still, _ = follow_drift(image, image, np.ones(image.shape, np.bool_))
    assert np.abs(still - image).max() < 0.01


def test_nothing_is_said_of_places_without_reference(unit):
    there = np.ones(unit.shape, np.bool_)
    there[:, :40] = False
    _, known = follow_drift(bent(unit, 2.0), unit, there)
    assert not known[:, :37].any()
    assert known[40:-40, 60:-40].all()


def test_blank_pictures_stay_where_they_are():
    blank = np.full((96, 96), 0.3, np.float32)
    followed, known = follow_drift(blank, blank, np.ones(blank.shape, np.bool_))
    assert np.allclose(followed, blank)
    assert known[8:-8, 8:-8].all()
