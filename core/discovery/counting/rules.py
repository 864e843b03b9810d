"""Rules that read a number of classes out of the evidence."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import rankdata

from core.discovery.counting.evidence import Curve, Evidence
from core.discovery.kmeans import IntArray

CurveRule = Literal["combined", "ranks", "dtc", "silhouette", "criterion"]


def choose_count(evidence: Sequence[Evidence], rule: CurveRule) -> int:
    """The candidate that repetitions of the evidence speak for together.

    Args:
        evidence: one or more repetitions over the same candidates.
        rule: "combined" sums probe accuracy, twice the silhouette, and the information criterion; the latter two
            are scaled to [0, 1] over the candidates. Where nothing is labelled the agreement of the repetitions
            stands in for probe accuracy.
            "ranks" sums the ranks of probe accuracy and silhouette; "dtc" averages the candidates of highest probe
            accuracy and highest silhouette; "silhouette" and "criterion" take the highest alone.
    """
    candidates = evidence[0].candidates
    silhouette = _mean([one.silhouette for one in evidence])
    criterion = _mean([one.criterion for one in evidence])
    probes = [one.probe for one in evidence if one.probe is not None]
    probe = [_mean(probes)] if probes else []
    if rule == "dtc":
        return round(float(np.mean([candidates[curve.argmax()] for curve in (silhouette, *probe)])))
    agreements = [one.agreement for one in evidence if one.agreement is not None]
    support = [_mean(agreements)] if agreements else probe
    if rule == "ranks":
        return _highest(candidates, [rankdata(curve) for curve in (silhouette, *probe)])
    curves = {
        "combined": [2 * _scaled(silhouette), _scaled(criterion), *support],
        "silhouette": [silhouette],
        "criterion": [criterion],
    }[rule]
    return _highest(candidates, curves)


def search_brent(accuracy: Callable[[int], float], least: int, most: int) -> int:
    """The paper's search for the count of highest accuracy.

    Source:
        IC-DefectNCD, Sec. 3.4.2: Brent's method over whole numbers. With anchored labels the accuracy is 1
        everywhere, so that the answer says nothing; among equals we return the smallest.
    """
    seen: dict[int, float] = {}

    def loss(value: float) -> float:
        count = round(value)
        if count not in seen:
            seen[count] = accuracy(count)
        return -seen[count]

    loss(least)
    if most > least:
        minimize_scalar(loss, bounds=(least, most), method="bounded", options={"xatol": 0.5})
    return min(seen, key=lambda count: (-seen[count], count))


def search_all(accuracy: Callable[[int], float], least: int, most: int) -> int:
    """The smallest of the counts of highest accuracy, every one tried."""
    return max(range(least, most + 1), key=lambda count: (accuracy(count), -count))


def _highest(candidates: IntArray, curves: Sequence[Curve]) -> int:
    return int(candidates[np.sum(curves, axis=0).argmax()])


def _scaled(curve: Curve) -> Curve:
    """To [0, 1]; a flat curve says nothing."""
    height = float(np.ptp(curve))
    return (curve - curve.min()) / height if height else np.zeros_like(curve)


def _mean(curves: Sequence[Curve]) -> Curve:
    mean: Curve = np.mean(curves, axis=0)
    return mean
