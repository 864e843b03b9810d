"""Embeddings in fewer dimensions."""

import numpy as np

from core.discovery.kmeans import unit_rows
from core.domain.arrays import FloatArray


def principal_coordinates(embeddings: FloatArray, dimensions: int) -> FloatArray:
    """(N, d) float32 coordinates along the directions of largest variance, the first one first.

    Args:
        embeddings: (N, D) float32.
        dimensions: at most; no more than samples or features.
    """
    centred = embeddings - embeddings.mean(axis=0)
    covariance = centred.T.astype(np.float64) @ centred
    _, directions = np.linalg.eigh(covariance)
    kept = directions[:, ::-1][:, : min(dimensions, *embeddings.shape)]
    coordinates: FloatArray = centred @ kept.astype(np.float32)
    return coordinates


def centred_directions(embeddings: FloatArray, dimensions: int) -> FloatArray:
    """(N, d) float32, L2-normalised: what sets samples apart, without what all of them share."""
    return unit_rows(principal_coordinates(embeddings, dimensions))
