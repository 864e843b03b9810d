import numpy as np
import pytest

from core.synthesis.lcd import LINE, PATTERNS, POINTS, render_lcd_pair


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_is_a_panel_of_its_own_and_the_same_seed_draws_it_again(pattern):
    first, again = (render_lcd_pair(3, pattern=pattern, kind="mixed", side=128) for _ in range(2))
    assert first.test.shape == first.reference.shape == (128, 128, 3)
    assert np.array_equal(first.test, again.test)
    assert np.array_equal(first.classes, again.classes)
    other = render_lcd_pair(4, pattern=pattern, kind="mixed", side=128)
    assert not np.array_equal(first.reference, other.reference)


@pytest.mark.parametrize(("kind", "classes"), [("clean", set()), ("line", {LINE}), ("points", {POINTS})])
def test_a_kind_shows_its_own_classes_alone(kind, classes):
    seen = set()
    for seed in range(6):
        seen |= set(np.unique(render_lcd_pair(seed, pattern="text", kind=kind, side=128).classes)) - {0}
    assert seen == classes


def test_lines_cross_the_whole_screen():
    for seed in range(8):
        mask = render_lcd_pair(seed, pattern="flat", kind="line", side=128).classes == LINE
        if mask.any():
            assert mask.all(axis=0).any() or mask.all(axis=1).any()


def test_what_is_not_in_the_mask_is_the_same_panel():
    pair = render_lcd_pair(5, pattern="portrait", kind="mixed", side=128)
    same = pair.classes == 0
    test, reference = (image.astype(float).mean(axis=2)[same] for image in (pair.test, pair.reference))
    assert np.corrcoef(test, reference)[0, 1] > 0.9


def test_an_unknown_pattern_is_refused():
    with pytest.raises(ValueError, match="plaid"):
        render_lcd_pair(0, pattern="plaid", kind="line")
