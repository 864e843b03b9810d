import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from core.discovery.kmeans import cluster_semi_supervised, unit_rows
from core.discovery.matching_labels import best_accuracy
from core.discovery.reduction import principal_coordinates
from core.discovery.silhouette import pairwise_distances, silhouettes
from core.domain.errors import JobCancelled
from tests.core.discovery.synthetic import label_half, make_classes


def test_novel_classes_are_found_beside_the_known_ones():
    embeddings, classes = make_classes([30, 12, 20, 8, 25])
    found = cluster_semi_supervised(embeddings, label_half(classes, 2), 5, seed=1)
    assert adjusted_rand_score(classes, found.assigned) > 0.95
    assert (found.assigned[classes < 2] == classes[classes < 2]).mean() > 0.95


def test_labelled_samples_never_leave_their_class():
    embeddings, _ = make_classes([20, 20])
    wrong = np.full(40, -1)
    wrong[:10] = 1
    wrong[20:30] = 0
    found = cluster_semi_supervised(embeddings, wrong, 4, seed=1)
    assert (found.assigned[:10] == 1).all()
    assert (found.assigned[20:30] == 0).all()


def test_the_same_seed_gives_the_same_groups():
    embeddings, _ = make_classes([20] * 6, spread=1.5)
    a, b = (cluster_semi_supervised(embeddings, np.full(120, -1), 6, seed=4) for _ in range(2))
    assert np.array_equal(a.assigned, b.assigned)


def test_more_restarts_never_cost_more():
    embeddings, _ = make_classes([20] * 8, spread=2.0)
    unlabelled = np.full(160, -1)
    costs = [cluster_semi_supervised(embeddings, unlabelled, 8, seed=0, restarts=r).cost for r in (1, 4, 12)]
    assert costs == sorted(costs, reverse=True)


def test_identical_samples_and_too_few_clusters():
    same = unit_rows(np.ones((6, 4), np.float32))
    assert cluster_semi_supervised(same, np.full(6, -1), 3, seed=0).cost == pytest.approx(0, abs=1e-6)
    with pytest.raises(ValueError, match="2 clusters for 3 classes"):
        cluster_semi_supervised(same, np.array([0, 1, 2, -1, -1, -1]), 2, seed=0)


def test_a_stop_is_honoured():
    def stop():
        raise JobCancelled

    with pytest.raises(JobCancelled):
        cluster_semi_supervised(make_classes([9])[0], np.full(9, -1), 2, seed=0, check=stop)


def test_silhouettes_are_those_of_scikit_learn():
    embeddings, classes = make_classes([10, 7, 1], spread=1.5)
    distances = pairwise_distances(embeddings)
    expected = silhouette_samples(distances, classes, metric="precomputed")
    assert np.allclose(silhouettes(distances, classes), expected, atol=1e-4)
    assert not silhouettes(distances, np.zeros(18, np.int64)).any()


def test_the_best_match_of_clusters_and_classes_counts():
    assert best_accuracy(np.array([2, 2, 0, 0, 1]), np.array([0, 0, 1, 1, 1])) == pytest.approx(0.8)
    assert best_accuracy(np.array([], np.int64), np.array([], np.int64)) == 0


def test_principal_coordinates_keep_distances():
    embeddings, _ = make_classes([9, 9], dimension=12)
    coordinates = principal_coordinates(embeddings, 12)
    expected = np.linalg.norm(embeddings[:, None] - embeddings, axis=2)
    assert np.allclose(np.linalg.norm(coordinates[:, None] - coordinates, axis=2), expected, atol=1e-5)
    assert coordinates[:, 0].std() > coordinates[:, -1].std()
