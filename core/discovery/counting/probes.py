"""Labelled samples that a clustering is not told of, so that it can be judged by them."""

from dataclasses import dataclass

import numpy as np

from core.discovery.kmeans import UNLABELLED, IntArray, count_classes
from core.domain.arrays import BoolArray

LEAST_CLASSES = 4
"""Fewer known classes cannot be split into anchors and probes: samples are held out instead."""
_ANCHOR_SHARE = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class ProbeSplit:
    """What a clustering may know, and what it is judged by.

    Attributes:
        anchors: (N,) int64, the labels that it may know; classes are numbered anew from 0.
        is_probe: (N,) bool, the labelled samples that it may not.
    """

    anchors: IntArray
    is_probe: BoolArray


def split_probes(labels: IntArray, rng: np.random.Generator) -> ProbeSplit:
    """Hide 40 % of the labelled classes, or half of the samples of each where classes are few.

    Args:
        labels: (N,) int64; −1 = unlabelled.

    Source:
        Han et al. 2019 (DTC), Sec. 3.3, for the split by classes.
    """
    if count_classes(labels) >= LEAST_CLASSES:
        return _split_classes(labels, rng)
    return _split_samples(labels, rng)


def _split_classes(labels: IntArray, rng: np.random.Generator) -> ProbeSplit:
    classes = count_classes(labels)
    order = rng.permutation(classes)
    kept = np.sort(order[: round(_ANCHOR_SHARE * classes)])
    renumbered = np.full(classes + 1, UNLABELLED)  # the last entry serves the index −1
    renumbered[kept] = np.arange(len(kept))
    return ProbeSplit(renumbered[labels], (labels != UNLABELLED) & ~np.isin(labels, kept))


def _split_samples(labels: IntArray, rng: np.random.Generator) -> ProbeSplit:
    """Every class keeps a sample at least: a class without any could not be anchored."""
    is_probe = np.zeros(len(labels), np.bool_)
    for label in range(count_classes(labels)):
        members = rng.permutation(np.flatnonzero(labels == label))
        is_probe[members[: len(members) // 2]] = True
    return ProbeSplit(np.where(is_probe, UNLABELLED, labels), is_probe)
