"""Which cluster stands for which class."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from core.discovery.kmeans import IntArray


def best_accuracy(assigned: IntArray, truth: IntArray) -> float:
    """Share of samples that are right when each cluster stands for one class at most, as well as can be.

    Args:
        assigned: (N,) int64 clusters from 0.
        truth: (N,) int64 classes from 0.

    Returns:
        In [0, 1]; 0 for no samples.
    """
    if not len(truth):
        return 0.0
    together = np.zeros((int(assigned.max()) + 1, int(truth.max()) + 1), np.int64)
    np.add.at(together, (assigned, truth), 1)
    rows, columns = linear_sum_assignment(-together)
    return float(together[rows, columns].sum() / len(truth))
