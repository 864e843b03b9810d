import cv2
import numpy as np

from core.change.brightness import match_brightness

ALL = np.ones((256, 256), np.bool_)


def lines(side=256):
    """Broad lines, all or nothing, as a binarised board shows them."""
    image = np.zeros((side, side), np.float32)
    for row in range(12, side, 48):
        image[row : row + 20, 10:-10] = 1.0
    return cv2.GaussianBlur(image, (0, 0), 1.0)


def flat_parts(image):
    """Where nothing is within 6 px of an edge."""
    slope = np.abs(cv2.Laplacian(image, cv2.CV_32F))
    return cv2.dilate((slope > 0.01).astype(np.uint8), np.ones((13, 13))) == 0


def test_what_lies_two_pixels_aside_does_not_shrink_the_contrast():
    reference = lines()
    test = np.roll(reference, 2, axis=0)
    matched = match_brightness(reference, test, ALL)
    inside = flat_parts(reference) & flat_parts(test)
    assert np.abs(matched - test)[inside].max() < 0.01


def test_gain_offset_and_slow_charging_are_taken_over(scene):
    reference = cv2.GaussianBlur(scene.astype(np.float32) / 255, (0, 0), 1.0)
    charging = np.linspace(-0.1, 0.15, 256, dtype=np.float32)[None, :]
    test = 0.7 * reference + 0.1 + charging
    matched = match_brightness(reference, test, ALL)
    assert np.abs(matched - test)[24:-24, 24:-24].mean() < 0.01


def test_a_large_defect_does_not_darken_its_neighbourhood():
    reference = lines()
    test = reference.copy()
    test[80:106, 100:150] = 1.0
    matched = match_brightness(reference, test, ALL)
    beside = np.s_[76:114, 60:94]
    assert np.abs(matched - test)[beside].max() < 0.05


def test_a_blank_pair_stays_blank():
    blank = np.full((64, 64), 0.4, np.float32)
    assert np.allclose(match_brightness(blank, blank + 0.1, np.ones_like(blank, np.bool_)), 0.5, atol=1e-4)


def test_what_stands_in_for_an_unknown_reference_has_no_say(scene):
    reference = cv2.GaussianBlur(scene.astype(np.float32) / 255, (0, 0), 1.0)
    test = 0.8 * reference + 0.15
    filled = reference.copy()
    filled[:60] = test[:60]
    there = ALL.copy()
    there[:60] = False
    matched = match_brightness(filled, test, there)
    assert np.abs(matched - test)[62:76, 20:-20].mean() < 0.01


def test_a_contrast_that_fades_towards_a_corner_is_followed():
    reference = lines()
    fading = np.linspace(1.0, 0.6, 256, dtype=np.float32)[None, :]
    test = (reference - 0.4) * fading + 0.4
    plain = np.abs((reference - 0.4) * fading.mean() + 0.4 - test)[20:-20, 20:-20].mean()
    matched = match_brightness(reference, test, ALL)
    assert np.abs(matched - test)[20:-20, 20:-20].mean() < 0.6 * plain
