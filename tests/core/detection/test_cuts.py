import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.detection.training.cuts import PRIOR_SPREAD, cuts_from_normals
from core.networks.score_cuts import FALSE_NG, FALSE_UNKNOWN


def scores_of(logits):
    return list(1 / (1 + np.exp(-np.asarray(logits, float))))


def logit(score):
    return float(np.log(score / (1 - score)))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=150))
def test_cuts_are_probabilities_in_order(scores):
    unknown_at, ng_at = cuts_from_normals(scores)
    assert 0 < unknown_at <= ng_at < 1


def test_many_images_give_their_own_quantiles():
    scores = scores_of(np.random.default_rng(0).normal(-2, 0.7, 400))
    expected = [
        np.quantile(np.log(scores) - np.log1p(-np.array(scores)), 1 - p) for p in (FALSE_UNKNOWN, FALSE_NG)
    ]
    assert [logit(cut) for cut in cuts_from_normals(scores)] == pytest.approx(expected)


def test_one_image_is_given_the_assumed_spread():
    unknown_at, ng_at = cuts_from_normals(scores_of([-2]))
    reach = PRIOR_SPREAD * 2**0.5
    assert (logit(unknown_at) + 2) / reach == pytest.approx(1.533, abs=1e-3)  # t, 4 degrees of freedom, 90 %
    assert (logit(ng_at) + 2) / reach == pytest.approx(2.999, abs=1e-3)  # and 98 %


@pytest.mark.parametrize("count", [2, 4, 8, 16, 32, 64])
def test_few_images_keep_the_promised_share_of_false_alarms(count):
    rng = np.random.default_rng(count)
    above = np.zeros(2)
    for _ in range(400):
        cuts = cuts_from_normals(scores_of(rng.normal(-1, PRIOR_SPREAD, count)))
        fresh = np.array(scores_of(rng.normal(-1, PRIOR_SPREAD, 50)))
        above += [np.mean(fresh >= cut) for cut in cuts]
    assert above[0] / 400 < 1.5 * FALSE_UNKNOWN
    assert above[1] / 400 < 2 * FALSE_NG


def test_a_defect_among_the_presumed_normal_does_not_hide_the_next_one():
    rng = np.random.default_rng(3)
    _, honest = cuts_from_normals(scores_of(rng.normal(-2, 0.3, 12)))
    _, spoilt = cuts_from_normals(scores_of([*np.random.default_rng(3).normal(-2, 0.3, 11), 6.0]))
    assert logit(spoilt) < logit(honest) + 0.5


def test_no_scores_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="at least one"):
        cuts_from_normals([])
