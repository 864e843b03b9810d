"""How far each rule is from the true number of classes, on made-up embeddings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from core.discovery.counting.estimate import (
    Estimate,
    estimate_count,
    gather_repetitions,
    list_candidates,
    read_estimate,
)
from core.discovery.counting.rules import CurveRule
from core.discovery.reduction import centred_directions
from core.domain.discovery_options import CountRule
from core.jobs import JobContext
from core.services.benchmarking.counting_sets import REGIMES, CountingSet, make_counting_set

_MOST = 30
_DIMENSIONS = 64


@dataclass(frozen=True, slots=True)
class CountingRow:
    """One rule on the sets of one regime.

    Attributes:
        mean_error: mean of |estimated − true|.
        exact: share of the sets whose number is found.
        bias: mean of estimated − true.
        inside: share of the sets whose true number lies in the interval.
    """

    regime: str
    rule: str
    mean_error: float
    exact: float
    bias: float
    inside: float


def benchmark_counting(sets: int, ctx: JobContext) -> tuple[CountingRow, ...]:
    """Estimate the number of classes of every set by every rule.

    Args:
        sets: how many a regime.

    Raises:
        JobCancelled: between clusterings.
    """
    work = [(regime, number) for regime in REGIMES for number in range(sets)]
    found: dict[tuple[str, str], list[tuple[int, Estimate]]] = {}
    for regime, number in ctx.track(work, "counting"):
        one = make_counting_set(regime, number)
        for rule, estimate in _estimates(one, number, ctx):
            found.setdefault((regime, rule), []).append((one.total, estimate))
    return tuple(_summarise(regime, rule, pairs) for (regime, rule), pairs in found.items())


def _estimates(one: CountingSet, seed: int, ctx: JobContext) -> Iterator[tuple[CountRule, Estimate]]:
    """By every rule; those that read the same evidence share it."""
    space = centred_directions(one.embeddings, _DIMENSIONS)
    candidates = list_candidates(len(space), one.known, _MOST)
    parts = gather_repetitions(space, one.labels, candidates, seed=seed, check=ctx.check)
    for curve_rule in get_args(CurveRule):
        yield curve_rule, read_estimate(parts, space, one.labels, curve_rule, seed=seed)
    searches: tuple[CountRule, CountRule] = ("gcd", "brent")
    for rule in searches if one.known else ():
        yield rule, estimate_count(space, one.labels, most=_MOST, rule=rule, seed=seed, check=ctx.check)


def _summarise(regime: str, rule: str, pairs: Sequence[tuple[int, Estimate]]) -> CountingRow:
    off = np.array([estimate.count - total for total, estimate in pairs])
    inside = [estimate.interval[0] <= total <= estimate.interval[1] for total, estimate in pairs]
    return CountingRow(
        regime,
        rule,
        mean_error=float(np.abs(off).mean()),
        exact=float((off == 0).mean()),
        bias=float(off.mean()),
        inside=float(np.mean(inside)),
    )
