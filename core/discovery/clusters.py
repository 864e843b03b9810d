"""From assignments to clusters that can be shown."""

from collections.abc import Callable, Sequence

import numpy as np

from core.discovery.counting import Estimate
from core.discovery.kmeans import UNLABELLED, IntArray, mean_directions
from core.discovery.stability import cluster_stability
from core.domain.arrays import FloatArray
from core.domain.discovery import DEFECT_FREE, ClassCount, Cluster, Discovery

_TINY = 1e-9


def describe_clusters(
    embeddings: FloatArray,
    labels: IntArray,
    names: Sequence[str],
    assigned: IntArray,
    estimate: Estimate,
    *,
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> Discovery:
    """Name, order and describe clusters.

    Args:
        embeddings: (N, D) float32, L2-normalised.
        labels: (N,) int64; −1 = unlabelled.
        names: of the known classes, each with a labelled sample; they are the first clusters.
        assigned: (N,) int64 clusters; empty novel ones are dropped.
        estimate: of the number of clusters, the defect-free one included.
        seed: of the stability's parts.
        check: called between clusterings; may raise to stop.
    """
    ordered = _order(assigned, len(names))
    count = int(ordered.max()) + 1
    centres = mean_directions(embeddings, ordered, count)
    stable = cluster_stability(embeddings, labels, ordered, count, seed=seed, check=check)
    confidence = np.where(labels == UNLABELLED, _confidence(embeddings, centres, ordered), 1)
    titles = [*names, *_novel_names(names, count - len(names))]
    clusters = [
        _describe(number, titles, len(names), embeddings, ordered, centres, float(stable[number]))
        for number in range(count)
    ]
    return Discovery(_count(names, count, estimate), tuple(clusters), ordered, confidence.astype(np.float32))


def _order(assigned: IntArray, known: int) -> IntArray:
    """Clusters numbered anew: the known ones as they are, the novel ones largest first, none of them empty."""
    sizes = np.bincount(assigned, minlength=known)
    novel = [number for number in np.argsort(-sizes, kind="stable") if number >= known and sizes[number]]
    numbers = np.arange(len(sizes))
    numbers[novel] = known + np.arange(len(novel))
    return numbers[assigned].astype(np.int64)


def _confidence(embeddings: FloatArray, centres: FloatArray, assigned: IntArray) -> FloatArray:
    """(N,) in [0, 1]: 0 half way between the two nearest centres, 1 on its own."""
    if len(centres) == 1:
        return np.ones(len(embeddings), np.float32)
    distances = np.clip(1 - embeddings @ centres.T, 0, 2)
    rows = np.arange(len(assigned))
    own = distances[rows, assigned].copy()
    distances[rows, assigned] = np.inf
    other = distances.min(axis=1)
    clear: FloatArray = np.clip((other - own) / (other + own + _TINY), 0, 1)
    return clear


def _novel_names(names: Sequence[str], count: int) -> list[str]:
    """Novel 1, Novel 2 and so on, without the names that a class has already."""
    free: list[str] = []
    number = 0
    while len(free) < count:
        number += 1
        if (name := f"Novel {number}") not in names:
            free.append(name)
    return free


def _describe(
    number: int,
    titles: Sequence[str],
    known: int,
    embeddings: FloatArray,
    assigned: IntArray,
    centres: FloatArray,
    stability: float,
) -> Cluster:
    members = np.flatnonzero(assigned == number)
    distances = 1 - embeddings[members] @ centres[number]
    others = [other for other in range(known) if other != number and titles[other] != DEFECT_FREE]
    gaps = 1 - centres[others] @ centres[number] if others else np.zeros(0)
    return Cluster(
        number=number,
        name=titles[number],
        is_novel=number >= known,
        members=tuple(int(index) for index in members[np.argsort(distances, kind="stable")]),
        spread=float(distances.mean()),
        nearest_known=titles[others[int(gaps.argmin())]] if others else "",
        nearest_known_distance=float(gaps.min()) if others else None,
        stability=stability,
    )


def _count(names: Sequence[str], clusters: int, estimate: Estimate) -> ClassCount:
    """Defect classes only; what is estimated is what there are clusters of."""
    extra = int(DEFECT_FREE in names)
    known = len(names) - extra
    total = clusters - extra
    low, high = (max(bound - extra, known) for bound in estimate.interval)
    return ClassCount(known, total, (min(low, total), max(high, total)), estimate.stability)
