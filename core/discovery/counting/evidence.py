"""What speaks for each number of classes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.discovery.counting.likelihood import information_criterion
from core.discovery.counting.probes import split_probes
from core.discovery.kmeans import UNLABELLED, IntArray, cluster_semi_supervised
from core.discovery.matching_labels import best_accuracy
from core.discovery.reduction import principal_coordinates
from core.discovery.silhouette import pairwise_distances, silhouettes
from core.domain.arrays import FloatArray

_RESTARTS = 2
_DIMENSIONS = 16  # of the Gaussians

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One repetition's evidence; curves are (K,) float64, one value a candidate.

    Attributes:
        candidates: (K,) int64 numbers of clusters, ascending.
        silhouette: mean over the samples.
        criterion: Bayesian information criterion.
        probe: accuracy on labelled samples that the clustering was not told of; None without labels.
    """

    candidates: IntArray
    silhouette: Curve
    criterion: Curve
    probe: Curve | None


def gather_evidence(
    embeddings: FloatArray,
    labels: IntArray,
    candidates: IntArray,
    *,
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> Evidence:
    """Cluster for every candidate, once with all labels and once with some hidden.

    Args:
        embeddings: (N, D) float32, L2-normalised.
        labels: (N,) int64; −1 = unlabelled.
        candidates: (K,) int64, none below the number of known classes.
        seed: of restarts and split.
        check: called between clusterings; may raise to stop.
    """
    distances = pairwise_distances(embeddings)
    coordinates = principal_coordinates(embeddings, _DIMENSIONS)
    silhouette, criterion = [], []
    for count in candidates:
        found = cluster_semi_supervised(
            embeddings, labels, int(count), seed=seed, restarts=_RESTARTS, check=check
        )
        silhouette.append(float(silhouettes(distances, found.assigned).mean()))
        criterion.append(information_criterion(coordinates, found.assigned, int(count)))
    probe = _probe(embeddings, labels, candidates, seed, check) if (labels != UNLABELLED).any() else None
    return Evidence(candidates, np.array(silhouette), np.array(criterion), probe)


def _probe(
    embeddings: FloatArray, labels: IntArray, candidates: IntArray, seed: int, check: Callable[[], None]
) -> Curve:
    split = split_probes(labels, np.random.default_rng(seed))
    truth = labels[split.is_probe]
    accuracies = []
    for count in candidates:
        found = cluster_semi_supervised(
            embeddings, split.anchors, int(count), seed=seed, restarts=_RESTARTS, check=check
        )
        accuracies.append(best_accuracy(found.assigned[split.is_probe], truth))
    return np.array(accuracies)


def label_accuracy(
    embeddings: FloatArray, labels: IntArray, count: int, *, anchored: bool, seed: int
) -> float:
    """Accuracy on all labelled samples, told of (the paper's ACC) or not (GCD's)."""
    anchors = labels if anchored else np.full_like(labels, UNLABELLED)
    found = cluster_semi_supervised(embeddings, anchors, count, seed=seed, restarts=_RESTARTS)
    known = labels != UNLABELLED
    return best_accuracy(found.assigned[known], labels[known])
