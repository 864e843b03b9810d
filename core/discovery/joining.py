"""Crops that take no part in the grouping, and the group that they look like."""

import numpy as np

from core.discovery.kmeans import UNLABELLED, IntArray, mean_directions
from core.discovery.reduction import centred_directions
from core.domain.arrays import FloatArray

_DIMENSIONS = 64
_REACH = 0.9  # of a cluster's members lie within its reach


def join_clusters(members: FloatArray, cluster_of: IntArray, others: FloatArray) -> IntArray:
    """The cluster that each crop looks like, if any.

    Args:
        members: (N, D) float32, L2-normalised; what was grouped.
        cluster_of: (N,) int64 clusters from 0, none of them empty.
        others: (M, D) float32, L2-normalised.

    Returns:
        (M,) int64; −1 where a crop lies farther from every centre than nine of ten members of that cluster do.
    """
    if not len(others):
        return np.zeros(0, np.int64)
    space = centred_directions(np.concatenate([members, others]), _DIMENSIONS)
    grouped, joining = space[: len(members)], space[len(members) :]
    count = int(cluster_of.max()) + 1
    centres = mean_directions(grouped, cluster_of, count)
    own = 1 - np.einsum("nd,nd->n", grouped, centres[cluster_of])
    reach = np.array([np.quantile(own[cluster_of == number], _REACH) for number in range(count)])
    distances = 1 - joining @ centres.T
    nearest = distances.argmin(axis=1)
    joined = distances[np.arange(len(others)), nearest] <= reach[nearest]
    return np.where(joined, nearest, UNLABELLED).astype(np.int64)
