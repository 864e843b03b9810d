"""How well separated the clusters of a partition are."""

import numpy as np

from core.discovery.kmeans import IntArray
from core.domain.arrays import FloatArray


def pairwise_distances(embeddings: FloatArray) -> FloatArray:
    """(N, N) float32 cosine distances of L2-normalised (N, D) embeddings."""
    distances: FloatArray = np.clip(1 - embeddings @ embeddings.T, 0, 2).astype(np.float32)
    np.fill_diagonal(distances, 0)
    return distances


def silhouettes(distances: FloatArray, assigned: IntArray) -> FloatArray:
    """(N,) float32 in [-1, 1]: how much nearer a sample is to its own cluster than to the next one.

    A sample that is alone in its cluster has 0, as all have where there is one cluster only.

    Args:
        distances: (N, N) float32.
        assigned: (N,) int64 clusters from 0.
    """
    clusters = int(assigned.max()) + 1
    members = np.zeros((len(assigned), clusters), np.float32)
    members[np.arange(len(assigned)), assigned] = 1
    sizes = members.sum(axis=0)
    sums = distances @ members
    rows = np.arange(len(assigned))
    own_size = sizes[assigned]
    own = sums[rows, assigned] / np.maximum(own_size - 1, 1)
    means = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.inf)
    means[rows, assigned] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(own, other)
    usable = (own_size > 1) & np.isfinite(other) & (larger > 0)
    values = np.zeros(len(assigned), np.float32)
    values[usable] = ((other - own)[usable] / larger[usable]).astype(np.float32)
    return values
