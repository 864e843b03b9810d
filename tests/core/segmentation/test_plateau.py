import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from core.segmentation import binarize_plateau

SIDES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=30)
MAPS = hnp.arrays(np.float32, SIDES, elements=st.integers(0, 255).map(float))


def plateau_by_hand(values, epsilon):
    """The rule as the paper states it, thresholds and runs spelled out, on a map that needs no reduction."""
    low, high = np.percentile(values, [1, 99.9])
    saliency = np.clip((values - low) / (high - low), 0, 1)
    cuts = [step / 64 for step in range(64, 0, -1)]
    masks = [saliency >= np.float32(cut) for cut in cuts]
    counts = [ndimage.label(mask, np.ones((3, 3)))[1] for mask in masks]
    best, best_key = None, (-1, -1.0)
    first = 0
    for last in range(64):
        if last < 63 and abs(counts[last + 1] - counts[last]) <= epsilon:
            continue
        pairs = [(masks[k], masks[k + 1]) for k in range(first, last)]
        ious = [(a & b).sum() / max((a | b).sum(), 1) for a, b in pairs]
        key = (last - first, float(np.mean(ious)) if ious else 0.0)
        if key > best_key:
            best, best_key = last, key
        first = last + 1
    return masks[best]


@given(values=MAPS, epsilon=st.sampled_from([0, 1]))
def test_it_is_the_rule_of_the_paper(values, epsilon):
    mask, threshold = binarize_plateau(values, epsilon=epsilon)
    low, high = np.percentile(values, [1, 99.9])
    if high > low:
        # the cut is taken back to the map's units: allow for rounding at the cut itself
        near_cut = np.isclose(values, threshold, rtol=1e-5)
        np.testing.assert_array_equal(mask[~near_cut], plateau_by_hand(values, epsilon)[~near_cut])
    else:
        assert not mask.any()
        assert threshold == float("inf")


@given(values=MAPS, power=st.integers(-12, 12))
def test_the_mask_does_not_depend_on_the_maps_scale(values, power):
    mask, threshold = binarize_plateau(values)
    scaled_mask, scaled_threshold = binarize_plateau(values * np.float32(2.0**power))
    np.testing.assert_array_equal(scaled_mask, mask)
    assert scaled_threshold == threshold * 2.0**power


def test_a_constant_map_has_no_plateau():
    mask, threshold = binarize_plateau(np.full((50, 50), 3, dtype=np.float32))
    assert not mask.any()
    assert threshold == float("inf")


def test_two_flat_defects_are_found_at_full_size():
    values = np.random.default_rng(0).uniform(0, 0.02, (448, 448)).astype(np.float32)
    values[100:130, 100:130] = 1
    values[300:330, 200:240] = 1
    mask, _ = binarize_plateau(values)
    expected = values == 1
    assert (mask & expected).sum() / (mask | expected).sum() > 0.95
