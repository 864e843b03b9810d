import numpy as np
import pytest

from core.discovery.image_class import region_weights, vote
from core.discovery.joining import join_clusters
from tests.core.discovery.synthetic import make_classes


def test_the_largest_region_decides_alone_at_a_low_temperature():
    weights = region_weights([100, 2500, 400], 1.0)
    assert weights.sum() == pytest.approx(1)
    assert weights.argmax() == 1
    assert weights[1] > 0.99
    assert np.ptp(region_weights([100, 2500, 400], 1e6)) < 1e-3


def test_regions_that_agree_outvote_one_that_is_larger():
    clusters, clear = np.array([2, 0, 0]), np.array([0.5, 0.5, 0.5], np.float32)
    winner, confidence = vote(clusters, clear, np.array([0.4, 0.3, 0.3]))
    assert winner == 0
    assert confidence == pytest.approx(0.3)


def test_a_clear_region_outvotes_an_unclear_one():
    winner, _ = vote(np.array([0, 1]), np.array([0.1, 0.9], np.float32), np.array([0.5, 0.5]))
    assert winner == 1


def test_only_what_looks_like_a_group_joins_it():
    embeddings, classes = make_classes([30, 30, 12])
    grouped = classes < 2
    members, cluster_of = embeddings[grouped][5:-5], classes[grouped][5:-5]
    likes, odd = embeddings[grouped][[*range(5), *range(-5, 0)]], embeddings[~grouped]
    joined = join_clusters(members, cluster_of, likes)
    assert (joined[joined >= 0] == np.repeat([0, 1], 5)[joined >= 0]).all()
    assert (joined >= 0).mean() > 0.5
    assert (join_clusters(members, cluster_of, odd) == -1).all()
    assert len(join_clusters(members, cluster_of, embeddings[:0])) == 0
