"""What an embedding is worth, measured as discovery uses it: known kinds half labelled, the other kinds new."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, f1_score, normalized_mutual_info_score

from core.discovery.embedder import Embedder
from core.discovery.kmeans import UNLABELLED, cluster_semi_supervised
from core.domain.arrays import FloatArray
from core.services.training.crops import CropSet, as_crop
from core.services.training.kinds import label_of, labels_of_known
from core.synthesis import FAMILIES

NEIGHBOURS = 5
_SEEDS = (0, 1, 2)

Labels = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class EmbeddingFigures:
    """How well classes lie apart.

    Attributes:
        neighbours: share of the crops of new kinds whose nearest crops, by majority, are of their own kind; known
            kinds do not take part.
        nmi, ari: of semi-supervised k-means with the true number of classes, on the unlabelled crops.
        f1, macro_f1: of the same, after one match of clusters and classes; f1 counts crops, macro_f1 classes.
        crops, classes: measured on.
    """

    neighbours: float
    nmi: float
    ari: float
    f1: float
    macro_f1: float
    crops: int
    classes: int


def measure_embedding(
    vectors: FloatArray, labels: Labels, known: frozenset[str], check: Callable[[], None]
) -> EmbeddingFigures:
    """Measure an embedding on labelled crops.

    Args:
        vectors: (N, D) float32, L2-normalised.
        labels: (N,) the true class of each.
        known: classes of which half of the crops are labelled; empty means that nothing is known.
        check: may raise to stop.

    Returns:
        Means over three draws of which crops are labelled.
    """
    draws = [_cluster_once(vectors, labels, known, seed, check) for seed in _SEEDS]
    nmi, ari, f1, macro = np.mean(draws, axis=0)
    is_new = ~np.isin(labels, sorted(known))
    near = neighbour_accuracy(vectors[is_new], labels[is_new])
    near, nmi, ari, f1, macro = (round(float(value), 4) for value in (near, nmi, ari, f1, macro))
    return EmbeddingFigures(near, nmi, ari, f1, macro, len(labels), len(set(labels)))


def measure_on_generated(
    embedder: Embedder, crops: CropSet, check: Callable[[], None]
) -> dict[str, EmbeddingFigures]:
    """Measure an embedding on rendered defects, a process at a time: no lot mixes them.

    Args:
        embedder: what to measure.
        crops: of kinds that trainings see, which count as known, and of others.
        check: may raise to stop.

    Returns:
        Figures by process.
    """
    labels = np.array([label_of(kind) for kind in crops.kinds])
    processes = np.array([FAMILIES[family].process for family in crops.families])
    vectors = embedder.embed([as_crop(window) for window in crops.windows], check)
    known = frozenset(labels_of_known())
    return {
        str(process): measure_embedding(vectors[mine], labels[mine], known, check)
        for process, mine in ((process, processes == process) for process in np.unique(processes))
    }


def neighbour_accuracy(vectors: FloatArray, labels: Labels) -> float:
    """Share of samples whose NEIGHBOURS nearest others are, by majority, of their class; NaN without samples."""
    if len(labels) <= NEIGHBOURS:
        return float("nan")
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    nearest = np.argsort(-similarity, axis=1)[:, :NEIGHBOURS]
    return float(np.mean([_majority(labels[row]) == own for row, own in zip(nearest, labels, strict=True)]))


def _majority(labels: Labels) -> str:
    """Of equally many, the one whose first is nearer."""
    names, first, counts = np.unique(labels, return_index=True, return_counts=True)
    return str(names[np.lexsort((first, -counts))[0]])


def _cluster_once(
    vectors: FloatArray, labels: Labels, known: frozenset[str], seed: int, check: Callable[[], None]
) -> tuple[float, float, float, float]:
    shared = sorted(name for name in known if np.count_nonzero(labels == name) > 1)
    anchors = _label_half(labels, shared, np.random.default_rng(seed))
    found = cluster_semi_supervised(vectors, anchors, len(set(labels)), seed=seed, check=check).assigned
    open_ = anchors == UNLABELLED
    truth, clusters = labels[open_], found[open_]
    named = match_clusters(truth, clusters)
    return (
        float(normalized_mutual_info_score(truth, clusters)),
        float(adjusted_rand_score(truth, clusters)),
        float(f1_score(truth, named, average="micro")),
        float(f1_score(truth, named, average="macro", labels=sorted(set(truth)), zero_division=0)),
    )


def _label_half(labels: Labels, known: list[str], rng: np.random.Generator) -> NDArray[np.int64]:
    anchors = np.full(len(labels), UNLABELLED, np.int64)
    for number, name in enumerate(known):
        members = rng.permutation(np.flatnonzero(labels == name))
        anchors[members[: len(members) // 2]] = number
    return anchors


def match_clusters(truth: Labels, clusters: NDArray[np.int64]) -> Labels:
    """Name each cluster after the class that it is matched with, one to one; a cluster too many is "".

    Args:
        truth: (N,) classes.
        clusters: (N,) cluster numbers.
    """
    names, rows = np.unique(truth, return_inverse=True)
    numbers, columns = np.unique(clusters, return_inverse=True)
    counts = np.zeros((len(names), len(numbers)), np.int64)
    np.add.at(counts, (rows, columns), 1)
    name_of = np.full(len(numbers), "", dtype=names.dtype)
    matched = linear_sum_assignment(-counts)
    name_of[matched[1]] = names[matched[0]]
    return name_of[columns]
