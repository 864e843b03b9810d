"""What sets kinds of defects apart whatever lies around them: directions learned on many generated defects."""

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from core.domain.arrays import FloatArray

_SHRINKAGE = 0.3  # of the scatter within kinds towards a round one
_LARGEST = 4.0  # deviations
_LEAST_SCATTER = 1e-6
_DIGITS = 5

Labels = NDArray[np.str_]


class KindMetric(BaseModel):
    """Directions along which kinds differ more than the defects of one kind.

    Attributes:
        embedding: identity of the learned embedding whose numbers stand first; with another one it says nothing.
        mean, deviation: (D,) of what is projected.
        directions: (D, d), the best first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    embedding: str
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    directions: tuple[tuple[float, ...], ...]

    def project(self, vectors: FloatArray) -> FloatArray:
        """(N, d) float32 of (N, D) descriptions."""
        scaled = (vectors - np.array(self.mean, np.float32)) / np.array(self.deviation, np.float32)
        clipped: FloatArray = np.clip(scaled, -_LARGEST, _LARGEST)
        directions: FloatArray = np.array(self.directions, np.float32)
        return clipped @ directions


def fit_metric(vectors: FloatArray, kinds: Labels, embedding: str) -> KindMetric:
    """Linear discriminants with a shrunken scatter within kinds, as many as there are kinds less one.

    Args:
        vectors: (N, D) descriptions of generated defects on many layouts.
        kinds: (N,) of each.
        embedding: identity of the learned embedding among them.

    Source:
        Friedman 1989, Regularized discriminant analysis, Eq. 17 (shrinkage).
    """
    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    scaled = np.clip((vectors - mean) / deviation, -_LARGEST, _LARGEST).astype(np.float64)
    within, between = _scatters(scaled, kinds)
    round_ = np.trace(within) / len(within) * np.eye(len(within))
    weights, axes = np.linalg.eigh((1 - _SHRINKAGE) * within + _SHRINKAGE * round_)
    whitening = axes / np.sqrt(np.maximum(weights, _LEAST_SCATTER)) @ axes.T
    _, turned = np.linalg.eigh(whitening @ between @ whitening)
    directions = whitening @ turned[:, ::-1][:, : len(np.unique(kinds)) - 1]
    return KindMetric(
        embedding=embedding,
        mean=_rounded(mean),
        deviation=_rounded(deviation),
        directions=tuple(_rounded(row) for row in directions),
    )


def _scatters(vectors: NDArray[np.float64], kinds: Labels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Within kinds and between them, (D, D) each."""
    centre = vectors.mean(axis=0)
    within = np.zeros((vectors.shape[1],) * 2)
    between = np.zeros_like(within)
    for kind in np.unique(kinds):
        own = vectors[kinds == kind]
        middle = own.mean(axis=0)
        within += (own - middle).T @ (own - middle)
        between += len(own) * np.outer(middle - centre, middle - centre)
    return within / len(vectors), between / len(vectors)


def _rounded(values: NDArray[np.floating]) -> tuple[float, ...]:
    return tuple(float(f"{value:.{_DIGITS}g}") for value in values)
