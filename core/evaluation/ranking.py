"""Figures of a ranking: how well a score puts the positives before the negatives."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Counts at each distinct score, taken as a cut from the highest down.

    Attributes:
        true_positives: (K,) positives at or above the cut.
        false_positives: (K,) negatives at or above the cut.
    """

    true_positives: Counts
    false_positives: Counts

    @property
    def auroc(self) -> float | None:
        """Area under the ROC curve, ties counted half; None unless both kinds occur."""
        positives, negatives = self.true_positives[-1], self.false_positives[-1]
        if not positives or not negatives:
            return None
        hit_rate = np.concatenate([[0.0], self.true_positives / positives])
        alarm_rate = np.concatenate([[0.0], self.false_positives / negatives])
        return float(np.trapezoid(hit_rate, alarm_rate))

    @property
    def average_precision(self) -> float | None:
        """Precision averaged over recall, without interpolation; None without positives."""
        positives = self.true_positives[-1]
        if not positives:
            return None
        gained = np.diff(self.true_positives, prepend=0.0) / positives
        return float(np.sum(gained * self._precision))

    @property
    def f1max(self) -> float | None:
        """The best F1 of any cut; None without positives."""
        positives = self.true_positives[-1]
        if not positives:
            return None
        called = self.true_positives + self.false_positives
        return float(np.max(2 * self.true_positives / (called + positives)))

    @property
    def _precision(self) -> Counts:
        return self.true_positives / (self.true_positives + self.false_positives)


def rank(scores: NDArray[np.floating[Any]], positive: BoolArray) -> Ranking:
    """Sort by score and count at each distinct value.

    Args:
        scores: (N,) float, higher = more likely positive; N > 0.
        positive: (N,) bool, the truth.
    """
    order = np.argsort(scores, kind="stable")[::-1]
    ranked, hits = scores[order], positive[order]
    last_of_tie = np.append(np.flatnonzero(np.diff(ranked)), ranked.size - 1)
    true_positives = np.cumsum(hits, dtype=np.float64)[last_of_tie]
    return Ranking(true_positives, last_of_tie + 1.0 - true_positives)
