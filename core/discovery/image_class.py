"""The class of an image that shows several defects."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.discovery.kmeans import IntArray
from core.domain.arrays import FloatArray


def region_weights(areas_px: Sequence[int], temperature: float) -> NDArray[np.float64]:
    """How much each region of an image has to say: softmax over √area / temperature.

    Args:
        areas_px: of the regions' masks.
        temperature: in px; high ones weigh all regions alike, low ones only the largest.

    Source:
        AnomalyNCD's vote of crops.
    """
    sides = np.sqrt(np.asarray(areas_px, np.float64)) / temperature
    weights = np.exp(sides - sides.max())
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def vote(clusters: IntArray, confidence: FloatArray, weights: NDArray[np.float64]) -> tuple[int, float]:
    """The cluster that an image's regions speak for, and how clearly.

    Args:
        clusters: (R,) int64, one a region.
        confidence: (R,) float32 in [0, 1].
        weights: (R,) float64 that sum to 1.

    Returns:
        The cluster of the highest weighted vote (each region counts even where it is unclear, clear ones double),
        and its members' weighted confidence in [0, 1]; regions that speak for another cluster take from it.
    """
    votes = np.bincount(clusters, weights * (1 + confidence.astype(np.float64)))
    winner = int(votes.argmax())
    return winner, float((weights * confidence)[clusters == winner].sum())
