"""The front door: an estimate with an interval and a stability."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from core.discovery.counting.evidence import Evidence, compare_repetitions, gather_evidence, label_accuracy
from core.discovery.counting.rules import CurveRule, choose_count, search_all, search_brent
from core.discovery.kmeans import UNLABELLED, IntArray, cluster_semi_supervised, count_classes
from core.domain.arrays import FloatArray
from core.domain.discovery_options import CountRule

_REPETITIONS = 5
_SHARE = 0.9  # of the samples in each repetition
_MOST_SAMPLES = 1200  # in each repetition: the count does not hang on the rest
_LEAST_MEMBERS = 4  # samples a cluster, on average: more clusters cannot be told from chance
_TINY_SHARE = 0.01
_TINY_MEMBERS = 3  # fewer are no class but a few odd samples


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many clusters, between which counts, and the share of repetitions that agree."""

    count: int
    interval: tuple[int, int]
    stability: float


def estimate_count(
    embeddings: FloatArray,
    labels: IntArray,
    *,
    most: int,
    rule: CountRule = "combined",
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> Estimate:
    """Estimate the number of classes, known and novel.

    The evidence is gathered several times, each time on other samples and with other labels hidden. All of it
    together gives the count; each part alone gives a count too, and their spread the interval and stability.

    Args:
        embeddings: (N, D) float32, L2-normalised; N at least 1.
        labels: (N,) int64; −1 = unlabelled.
        most: highest count that is tried.
        rule: as in `choose_count`; "gcd" takes the count of highest labelled accuracy of plain k-means, "brent" is
            the paper's search.
        seed: the same seed gives the same estimate.
        check: called between clusterings; may raise to stop.
    """
    candidates = list_candidates(len(embeddings), count_classes(labels), most)
    if len(candidates) == 1 or len(embeddings) < 2 * _TINY_MEMBERS:
        only = int(candidates[0])
        return Estimate(only, (only, only), 1.0)
    if rule == "gcd" or rule == "brent":
        counts = _by_labels(embeddings, labels, candidates, rule, seed)
        return _summarise(Counter(counts).most_common(1)[0][0], counts)
    parts = gather_repetitions(embeddings, labels, candidates, seed=seed, check=check)
    return read_estimate(parts, embeddings, labels, rule, seed=seed)


def read_estimate(
    parts: Sequence[Evidence], embeddings: FloatArray, labels: IntArray, rule: CurveRule, *, seed: int
) -> Estimate:
    """What a rule reads out of evidence that is there: the count without tiny clusters, and how the parts differ."""
    kept = without_tiny(embeddings, labels, choose_count(parts, rule), seed)
    return _summarise(kept, [choose_count([part], rule) for part in parts])


def without_tiny(embeddings: FloatArray, labels: IntArray, count: int, seed: int) -> int:
    """The count less its clusters that are too small to be a class."""
    found = cluster_semi_supervised(embeddings, labels, count, seed=seed)
    sizes = np.bincount(found.assigned, minlength=count)[count_classes(labels) :]
    least = max(_TINY_MEMBERS, round(_TINY_SHARE * len(embeddings)))
    return max(count - int((sizes < least).sum()), count_classes(labels), 1)


def list_candidates(samples: int, known: int, most: int) -> IntArray:
    """Numbers of clusters that can be told apart with so many samples."""
    least = max(known, 1)
    return np.arange(least, max(min(most, samples // _LEAST_MEMBERS), least) + 1)


def gather_repetitions(
    embeddings: FloatArray,
    labels: IntArray,
    candidates: IntArray,
    *,
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> list[Evidence]:
    """Evidence of several repetitions, each on other samples, with other labels hidden."""
    turns = range(_REPETITIONS)
    return compare_repetitions(
        [_repeat(embeddings, labels, candidates, seed + turn, check) for turn in turns]
    )


def _repeat(
    embeddings: FloatArray, labels: IntArray, candidates: IntArray, seed: int, check: Callable[[], None]
) -> Evidence:
    chosen = _subsample(labels, np.random.default_rng(seed))
    return gather_evidence(embeddings, labels, chosen, candidates, seed=seed, check=check)


def _subsample(labels: IntArray, rng: np.random.Generator) -> IntArray:
    """Most of the samples, and one at least of every known class."""
    size = min(max(round(_SHARE * len(labels)), 1), _MOST_SAMPLES)
    order = rng.permutation(len(labels))
    firsts = [order[np.flatnonzero(labels[order] == label)[0]] for label in range(count_classes(labels))]
    return np.unique([*order[:size], *firsts])


def _by_labels(
    embeddings: FloatArray,
    labels: IntArray,
    candidates: IntArray,
    rule: Literal["gcd", "brent"],
    seed: int,
) -> list[int]:
    """Counts of highest labelled accuracy, one a repetition; nothing to go by without labels."""
    least, most = int(candidates[0]), int(candidates[-1])
    if not (labels != UNLABELLED).any():
        return [least]
    search, anchored = (search_brent, True) if rule == "brent" else (search_all, False)
    return [
        search(partial(_accuracy, embeddings, labels, anchored, seed + turn), least, most)
        for turn in range(_REPETITIONS)
    ]


def _accuracy(embeddings: FloatArray, labels: IntArray, anchored: bool, seed: int, count: int) -> float:
    return label_accuracy(embeddings, labels, count, anchored=anchored, seed=seed)


def _summarise(count: int, repetitions: list[int]) -> Estimate:
    low, high = (round(float(value)) for value in np.quantile(repetitions, (0.1, 0.9)))
    agreeing = sum(one == count for one in repetitions) / len(repetitions)
    return Estimate(count, (min(low, count), max(high, count)), agreeing)
