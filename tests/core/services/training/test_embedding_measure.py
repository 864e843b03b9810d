import numpy as np
import pytest

from core.services.training.embedding_measure import match_clusters, measure_embedding, neighbour_accuracy


def no_check() -> None:
    return


def clustered(spread, classes=6, each=12, dim=16):
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(classes, dim))
    labels = np.repeat([f"kind {number}" for number in range(classes)], each)
    vectors = np.repeat(centres, each, axis=0) + spread * rng.normal(size=(classes * each, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), labels


def test_classes_that_lie_apart_are_worth_everything():
    vectors, labels = clustered(0.02)
    found = measure_embedding(vectors, labels, frozenset({"kind 0", "kind 1"}), no_check)
    assert (found.neighbours, found.nmi, found.ari, found.f1, found.macro_f1) == (1, 1, 1, 1, 1)
    assert (found.crops, found.classes) == (72, 6)


def test_noise_is_worth_little():
    vectors, labels = clustered(100.0)
    found = measure_embedding(vectors, labels, frozenset(), no_check)
    assert found.ari < 0.1
    assert found.neighbours < 0.4


def test_neighbours_never_count_themselves():
    vectors = np.eye(8, dtype=np.float32)
    labels = np.array([f"kind {number}" for number in range(8)])
    assert neighbour_accuracy(vectors, labels) == 0


def test_too_few_neighbours_say_nothing():
    assert np.isnan(neighbour_accuracy(np.eye(3, dtype=np.float32), np.array(["a", "a", "b"])))


def test_clusters_are_named_one_to_one():
    truth = np.array(["a", "a", "a", "b", "b"])
    assert match_clusters(truth, np.array([7, 7, 2, 2, 2])).tolist() == ["a", "a", "b", "b", "b"]


@pytest.mark.parametrize("clusters", [[0, 1, 2, 3, 4]])
def test_a_cluster_too_many_has_no_name(clusters):
    named = match_clusters(np.array(["a", "a", "a", "b", "b"]), np.array(clusters))
    assert sorted(named) == ["", "", "", "a", "b"]
