import numpy as np
import pytest

from core.discovery.counting import estimate_count
from core.discovery.counting.probes import split_probes
from tests.core.discovery.synthetic import label_half, make_classes

RULES = ("combined", "ranks", "silhouette", "criterion")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("known", [0, 1, 3, 4])
def test_plain_classes_are_counted(rule, known):
    embeddings, classes = make_classes([30, 18, 24, 12, 20, 16])
    found = estimate_count(embeddings, label_half(classes, known), most=15, rule=rule, seed=1)
    assert found.count == 6
    assert found.interval[0] <= 6 <= found.interval[1]
    assert found.stability > 0.5


def test_the_papers_search_returns_the_known_classes_and_no_more():
    embeddings, classes = make_classes([20] * 6)
    assert estimate_count(embeddings, label_half(classes, 4), most=15, rule="brent", seed=1).count == 4


@pytest.mark.parametrize("rule", ["gcd", "dtc"])
def test_the_other_rules_stay_in_bounds(rule):
    embeddings, classes = make_classes([20] * 6)
    found = estimate_count(embeddings, label_half(classes, 4), most=12, rule=rule, seed=1)
    assert 4 <= found.interval[0] <= found.count <= found.interval[1] <= 12


def test_a_few_odd_samples_are_no_class():
    embeddings, _ = make_classes([40, 40, 40, 2])
    assert estimate_count(embeddings, np.full(122, -1), most=10, seed=1).count == 3


@pytest.mark.parametrize("samples", [1, 2, 5])
def test_a_handful_of_samples_is_not_refused(samples):
    embeddings, _ = make_classes([samples])
    found = estimate_count(embeddings, np.full(samples, -1), most=10, seed=1)
    assert found.count == 1


@pytest.mark.parametrize("known", [1, 3, 4, 7])
def test_probes_are_hidden_and_anchors_keep_every_class_that_is_left(known):
    labels = label_half(make_classes([9] * 8)[1], known)
    split = split_probes(labels, np.random.default_rng(0))
    assert (split.anchors[split.is_probe] == -1).all()
    assert (labels[split.is_probe] >= 0).all()
    anchored = np.unique(split.anchors[split.anchors >= 0])
    assert np.array_equal(anchored, np.arange(len(anchored)))
    if known >= 4:
        assert not set(labels[split.is_probe]) & set(labels[split.anchors >= 0])
        assert len(anchored) == round(0.6 * known)
