import numpy as np

from core.synthesis.visibility import visible_mask


def flat() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.full((64, 64), 0.5, np.float32)


def test_mask_is_the_changed_area() -> None:
    changed = flat()
    changed[20:30, 24:40] += 0.3
    mask = visible_mask(flat(), changed, noise=0.02)
    assert mask is not None
    expected = np.zeros((64, 64), bool)
    expected[20:30, 24:40] = True
    np.testing.assert_array_equal(mask, expected)


def test_holes_are_filled() -> None:
    changed = flat()
    changed[20:34, 20:34] += 0.3
    changed[25:29, 25:29] = 0.5
    mask = visible_mask(flat(), changed, noise=0.02)
    assert mask is not None
    assert mask[20:34, 20:34].all()


def test_defects_below_the_noise_are_refused() -> None:
    changed = flat()
    changed[20:23, 20:24] += 0.05
    assert visible_mask(flat(), changed, noise=0.2) is None
    assert visible_mask(flat(), flat(), noise=0.01) is None
