"""How far a cluster outlives other samples and other seeds."""

from collections.abc import Callable

import numpy as np

from core.discovery.kmeans import IntArray, cluster_semi_supervised, count_classes
from core.domain.arrays import FloatArray

_REPETITIONS = 8
_SHARE = 0.8


def cluster_stability(
    embeddings: FloatArray,
    labels: IntArray,
    assigned: IntArray,
    clusters: int,
    *,
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> FloatArray:
    """Cluster parts of the samples anew and see how much of each cluster is found again.

    Args:
        embeddings: (N, D) float32, L2-normalised.
        labels: (N,) int64; −1 = unlabelled.
        assigned: (N,) int64, the clusters that are judged.
        clusters: how many.
        seed: of the parts.
        check: called between clusterings; may raise to stop.

    Returns:
        (k,) float32 in [0, 1]: mean over the repetitions of the best Jaccard overlap.

    Source:
        Hennig 2007, Cluster-wise assessment of cluster stability, Sec. 3 (subsetting).
    """
    rng = np.random.default_rng(seed)
    overlaps = []
    for turn in range(_REPETITIONS):
        part = _part(labels, rng)
        found = cluster_semi_supervised(
            embeddings[part], labels[part], clusters, seed=seed + turn, restarts=2, check=check
        )
        overlaps.append(_best_overlaps(assigned[part], found.assigned, clusters))
    mean: FloatArray = np.nanmean(np.where(np.all(np.isnan(overlaps), axis=0), 0, overlaps), axis=0)
    return mean.astype(np.float32)


def _part(labels: IntArray, rng: np.random.Generator) -> IntArray:
    """Most of the samples; a known class keeps one at least."""
    order = rng.permutation(len(labels))
    firsts = [order[np.flatnonzero(labels[order] == label)[0]] for label in range(count_classes(labels))]
    return np.unique([*order[: max(round(_SHARE * len(labels)), 1)], *firsts])


def _best_overlaps(judged: IntArray, found: IntArray, clusters: int) -> FloatArray:
    """(k,) Jaccard overlap of each judged cluster with the found one most like it; NaN where it has no sample."""
    together = np.zeros((clusters, clusters))
    np.add.at(together, (judged, found), 1)
    sizes = together.sum(axis=1, keepdims=True)
    union = sizes + together.sum(axis=0, keepdims=True) - together
    best = (together / np.maximum(union, 1)).max(axis=1)
    return np.where(sizes[:, 0] > 0, best, np.nan).astype(np.float32)
