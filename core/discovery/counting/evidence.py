"""What speaks for each number of classes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from core.discovery.counting.likelihood import information_criterion
from core.discovery.counting.probes import split_probes
from core.discovery.kmeans import UNLABELLED, IntArray, cluster_semi_supervised
from core.discovery.matching_labels import best_accuracy
from core.discovery.reduction import principal_coordinates
from core.discovery.silhouette import pairwise_distances, silhouettes
from core.domain.arrays import FloatArray

_RESTARTS = 2
_DIMENSIONS = 8  # of the Gaussians: more make every odd sample worth a class of its own

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One repetition's evidence; curves are (K,) float64, one value a candidate.

    Attributes:
        samples: (n,) int64, the samples that took part, ascending.
        candidates: (K,) int64 numbers of clusters, ascending.
        partitions: (K, n) int64, the clusters of each candidate.
        silhouette: mean over the samples.
        criterion: Bayesian information criterion.
        probe: accuracy on labelled samples that the clustering was not told of; None without labels.
        agreement: adjusted Rand index with the other repetitions, on the samples they share; None with labels.
    """

    samples: IntArray
    candidates: IntArray
    partitions: IntArray
    silhouette: Curve
    criterion: Curve
    probe: Curve | None
    agreement: Curve | None = None


def gather_evidence(
    embeddings: FloatArray,
    labels: IntArray,
    samples: IntArray,
    candidates: IntArray,
    *,
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> Evidence:
    """Cluster some samples for every candidate, once with all labels and once with some hidden.

    Args:
        embeddings: (N, D) float32, L2-normalised.
        labels: (N,) int64; −1 = unlabelled.
        samples: (n,) int64, those that take part.
        candidates: (K,) int64, none below the number of known classes.
        seed: of restarts and split.
        check: called between clusterings; may raise to stop.
    """
    part, told = embeddings[samples], labels[samples]
    distances = pairwise_distances(part)
    coordinates = principal_coordinates(part, _DIMENSIONS)
    found = [
        cluster_semi_supervised(part, told, int(count), seed=seed, restarts=_RESTARTS, check=check).assigned
        for count in candidates
    ]
    criterion = [
        information_criterion(coordinates, assigned, int(count))
        for assigned, count in zip(found, candidates, strict=True)
    ]
    return Evidence(
        samples=samples,
        candidates=candidates,
        partitions=np.stack(found),
        silhouette=np.array([float(silhouettes(distances, assigned).mean()) for assigned in found]),
        criterion=np.array(criterion),
        probe=_probe(part, told, candidates, seed, check) if (told != UNLABELLED).any() else None,
    )


def compare_repetitions(parts: Sequence[Evidence]) -> list[Evidence]:
    """The same evidence; where labels say nothing, with each repetition's agreement with the others."""
    if len(parts) < 2 or parts[0].probe is not None:
        return list(parts)
    return [
        replace(
            part, agreement=np.mean([_agree(part, other) for other in parts if other is not part], axis=0)
        )
        for part in parts
    ]


def _agree(a: Evidence, b: Evidence) -> Curve:
    _, in_a, in_b = np.intersect1d(a.samples, b.samples, assume_unique=True, return_indices=True)
    pairs = zip(a.partitions[:, in_a], b.partitions[:, in_b], strict=True)
    return np.array([adjusted_rand_score(of_a, of_b) for of_a, of_b in pairs])


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
