import numpy as np
import pytest

from core.change.registration import place_by_hand, register, warp_reference


@pytest.mark.parametrize(("dx", "dy"), [(0.0, 0.0), (5.3, -7.6), (-31.4, 22.8)])
def test_a_shift_is_found_to_a_tenth_of_a_pixel(scene, moved, dx, dy):
    alignment = register(moved(scene, dx, dy), scene)
    assert alignment.is_trusted
    assert (alignment.dx, alignment.dy) == pytest.approx((dx, dy), abs=0.1)


def test_brightness_contrast_focus_and_noise_do_not_move_it(scene, moved, rng):
    other = 40 + 0.55 * moved(scene, 3.5, 9.25).astype(float) + rng.normal(0, 12, scene.shape)
    alignment = register(np.clip(other, 0, 255).astype(np.uint8), scene)
    assert (alignment.dx, alignment.dy) == pytest.approx((3.5, 9.25), abs=0.2)


def test_a_small_turn_and_scale_are_found_where_asked_for(scene, moved):
    turned = moved(scene, 4.0, -3.0, turn_deg=1.2, scale=1.01)
    alignment = register(turned, scene, motion="turn")
    assert alignment.angle_deg == pytest.approx(1.2, abs=0.05)
    assert alignment.scale == pytest.approx(1.01, abs=0.002)
    warped = warp_reference(scene, alignment, scene.shape)
    inside = np.isfinite(warped)
    assert np.abs(warped - turned / 255)[inside].mean() < 0.01


def test_a_warped_reference_lies_on_the_test_and_ends_where_it_ends(scene, moved):
    test = moved(scene, 10.0, -6.0)
    warped = warp_reference(scene, register(test, scene), scene.shape)
    assert np.isnan(warped[:, :9]).all()
    assert np.isnan(warped[-5:]).all()
    assert np.abs(warped[8:-12, 18:-8] - test[8:-12, 18:-8] / 255).mean() < 0.01


def test_a_repeating_layout_is_said_to_be_ambiguous(scene):
    ys, xs = np.mgrid[:256, :256]
    array = (127 + 100 * np.sin(xs / 4) * np.sin(ys / 5)).astype(np.uint8)
    assert register(array, array).is_ambiguous
    assert not register(scene, scene).is_ambiguous


@pytest.mark.parametrize("kind", ["blank", "noise", "other place"])
def test_a_wrong_reference_is_said_to_be_none(scene, rng, kind):
    reference = {
        "blank": np.full_like(scene, 90),
        "noise": rng.integers(0, 256, scene.shape).astype(np.uint8),
        "other place": np.ascontiguousarray(scene[::-1, ::-1].T),
    }[kind]
    alignment = register(scene, reference)
    assert not alignment.is_trusted
    assert alignment.reason


def test_sizes_may_differ_and_depths_too(scene):
    deep = scene[:, :200].astype(np.uint16) * 257
    alignment = register(deep, scene)
    assert (alignment.dx, alignment.dy) == pytest.approx((0, 0), abs=0.05)


def test_a_shift_by_hand_is_followed_and_says_how_well_it_fits(scene, moved):
    test = moved(scene, 10.0, -6.0)
    found = register(test, scene)
    right, wrong = (place_by_hand(test, scene, shift_xy, found) for shift_xy in ((10.0, -6.0), (0.0, 0.0)))
    assert (right.dx, right.dy, right.is_by_hand, right.is_trusted) == (10.0, -6.0, True, True)
    assert right.confidence > 0.99 > 0.5 > wrong.confidence
    assert not right.is_ambiguous
    far = place_by_hand(test, scene, (1e4, 0.0), found)
    assert far.confidence == 0.0


def test_a_shift_by_hand_keeps_the_turn_that_was_found(scene, moved):
    turned = moved(scene, 4.0, -3.0, turn_deg=1.2)
    found = register(turned, scene, motion="turn")
    assert place_by_hand(turned, scene, (found.dx, found.dy), found).angle_deg == found.angle_deg
    lost = register(turned, np.zeros_like(scene))
    assert (place_by_hand(turned, scene, (1.0, 2.0), lost).angle_deg, lost.is_trusted) == (0.0, False)


def test_an_unmoved_reference_reaches_to_the_last_pixel(scene):
    warped = warp_reference(scene, register(scene, scene), scene.shape)
    assert np.abs(warped - scene / 255).max() < 0.01


def test_of_shifts_that_fit_equally_well_the_smallest_is_taken(rng):
    """It keeps the most of the image in sight; the noise alone would pick any of them."""
    ys, xs = np.mgrid[:256, :256]
    array = 127 + 80 * np.sin(xs / 4) * np.sin(ys / 5)
    test, reference = (
        np.clip(array + rng.normal(0, 12, array.shape), 0, 255).astype(np.uint8) for _ in range(2)
    )
    alignment = register(np.roll(test, (2, 3), (0, 1)), reference)
    assert abs(alignment.dx) + abs(alignment.dy) < 14
    assert alignment.is_ambiguous
