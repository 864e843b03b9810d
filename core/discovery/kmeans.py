"""Semi-supervised k-means on the unit sphere: labelled samples stay with their class, novel centres find the rest."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import FloatArray

IntArray = NDArray[np.int64]

UNLABELLED = -1
_TRIALS = 4  # candidates for each new centre; the one that lowers the cost most is taken
_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """Samples in clusters.

    Attributes:
        assigned: (N,) int64, each sample's cluster: 0 … C − 1 are the labelled classes, then the novel ones.
        centres: (k, D) float32, L2-normalised.
        cost: mean cosine distance of the samples to their centres.
    """

    assigned: IntArray
    centres: FloatArray
    cost: float


def cluster_semi_supervised(
    embeddings: FloatArray,
    anchors: IntArray,
    clusters: int,
    *,
    seed: int,
    restarts: int = 4,
    iterations: int = 40,
    check: Callable[[], None] = lambda: None,
) -> Partition:
    """Group samples; labelled ones never leave their class.

    Args:
        embeddings: (N, D) float32, L2-normalised.
        anchors: (N,) int64; classes 0 … C − 1, each with a sample, or −1 where nothing is known.
        clusters: k, at least C and at least 1; no more than there are samples to fill them.
        seed: the same seed gives the same groups.
        restarts: draws of the novel centres; the cheapest one counts.
        iterations: at most, each.
        check: called between restarts; may raise to stop.

    Returns:
        The cheapest partition. A cluster may be empty when samples coincide.

    Raises:
        ValueError: fewer clusters than classes.

    Source:
        Vaze et al. 2022 (GCD), Sec. 3.3; cosine distances, and greedy k-means++ draws.
    """
    classes = count_classes(anchors)
    if clusters < max(classes, 1):
        raise ValueError(f"{clusters} clusters for {classes} classes")
    known = mean_directions(embeddings, anchors, classes)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(restarts if clusters > classes else 1):
        check()
        start = _draw_centres(embeddings, anchors, known, clusters, rng)
        found.append(_settle(embeddings, anchors, start, iterations))
    return min(found, key=lambda one: one.cost)


def count_classes(anchors: IntArray) -> int:
    """How many classes the labels speak of."""
    return int(anchors.max(initial=UNLABELLED)) + 1


def unit_rows(vectors: FloatArray) -> FloatArray:
    """Rows at length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: FloatArray = (vectors / np.maximum(lengths, _TINY)).astype(np.float32)
    return scaled


def mean_directions(embeddings: FloatArray, assigned: IntArray, clusters: int) -> FloatArray:
    """(k, D) float32 mean direction of each cluster's samples; zero for an empty one."""
    members = np.zeros((clusters, len(embeddings)), np.float32)
    of_cluster = assigned >= 0
    members[assigned[of_cluster], np.flatnonzero(of_cluster)] = 1
    return unit_rows(members @ embeddings)


def _draw_centres(
    embeddings: FloatArray,
    anchors: IntArray,
    known: FloatArray,
    clusters: int,
    rng: np.random.Generator,
) -> FloatArray:
    """The known centres, and novel ones drawn by greedy k-means++ among the unlabelled samples."""
    free = np.flatnonzero(anchors == UNLABELLED)
    pool = embeddings[free] if len(free) else embeddings
    centres = [*known]
    nearest = _distance_to_nearest(pool, known)
    while len(centres) < clusters:
        chosen, nearest = _draw_next(pool, nearest, rng)
        centres.append(chosen)
    return np.stack(centres)


def _distance_to_nearest(pool: FloatArray, known: FloatArray) -> FloatArray:
    if not len(known):
        return np.ones(len(pool), np.float32)
    distance: FloatArray = np.clip(1 - (pool @ known.T).max(axis=1), 0, None)
    return distance


def _draw_next(
    pool: FloatArray, nearest: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Of a few samples, drawn far from all centres, the one that leaves the others nearest to a centre."""
    weights = np.clip(nearest, _TINY, None).astype(np.float64)
    drawn = rng.choice(len(pool), size=_TRIALS, p=weights / weights.sum())
    left = np.minimum(nearest[:, None], np.clip(1 - pool @ pool[drawn].T, 0, None))
    best = int(left.sum(axis=0).argmin())
    return pool[drawn[best]], left[:, best]


def _settle(embeddings: FloatArray, anchors: IntArray, centres: FloatArray, iterations: int) -> Partition:
    fixed = anchors != UNLABELLED
    assigned = np.full(len(embeddings), UNLABELLED)
    for _ in range(iterations):
        similarity = embeddings @ centres.T
        following = np.where(fixed, anchors, similarity.argmax(axis=1))
        if np.array_equal(following, assigned):
            break
        assigned = following
        moved = mean_directions(embeddings, assigned, len(centres))
        is_filled = moved.any(axis=1, keepdims=True)
        centres = np.where(is_filled, moved, centres)
    own = np.einsum("nd,nd->n", embeddings, centres[assigned])
    return Partition(assigned.astype(np.int64), centres.astype(np.float32), float(1 - own.mean()))
