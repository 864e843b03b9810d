"""Bayesian information criterion of a partition."""

import math

import numpy as np

from core.discovery.kmeans import IntArray
from core.domain.arrays import FloatArray

_TINY = 1e-12


def information_criterion(coordinates: FloatArray, assigned: IntArray, clusters: int) -> float:
    """Log-likelihood of one round Gaussian a cluster, all of one width, less the price of the parameters.

    Args:
        coordinates: (N, d) float32, few dimensions: the price counts each.
        assigned: (N,) int64.
        clusters: k, empty ones included.

    Returns:
        Higher is better; comparable between partitions of the same samples.

    Source:
        Pelleg and Moore 2000 (X-means), Sec. 3.2, for hard assignments.
    """
    count, dimensions = coordinates.shape
    sizes = np.bincount(assigned, minlength=clusters).astype(np.float64)
    sums = np.zeros((clusters, dimensions))
    np.add.at(sums, assigned, coordinates)
    filled = sizes[sizes > 0]
    explained = float(((sums[sizes > 0] ** 2).sum(axis=1) / filled).sum())
    variance = max(float((coordinates.astype(np.float64) ** 2).sum()) - explained, _TINY) / coordinates.size
    fit = -0.5 * coordinates.size * math.log(variance)
    shares = float((filled * np.log(filled / count)).sum())
    return float(fit + shares - 0.5 * clusters * (dimensions + 1) * math.log(count))
