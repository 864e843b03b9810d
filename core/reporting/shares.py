"""Shares with their intervals, and tables of what was called what; nothing is a number where nothing was measured."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.reporting.totals import wilson_interval

NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `trials`; without trials it is not measured."""

    hits: int
    trials: int

    @property
    def value(self) -> float | None:
        """The share; None where it is not measured."""
        return self.hits / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % Wilson interval."""
        return wilson_interval(self.hits, self.trials) if self.trials else None

    def __str__(self) -> str:
        if self.value is None or self.interval is None:
            return NOT_MEASURED
        low, high = (100 * bound for bound in self.interval)
        return f"{100 * self.value:.1f} % ({low:.1f} – {high:.1f} %), {self.hits} of {self.trials}"


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often what a reviewer says (rows) met what the machine or file said (columns)."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def lines(self) -> list[tuple[str, ...]]:
        """The rows, each with its name first and its sum last."""
        return [
            (name, *map(str, counts), str(sum(counts)))
            for name, counts in zip(self.rows, self.counts, strict=True)
        ]


def count_pairs(
    pairs: Iterable[tuple[str, str]],
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
) -> Confusion:
    """The confusion of (row, column) pairs; names that are not given come from the pairs, sorted."""
    counted = Counter(pairs)
    row_names = tuple(rows or sorted({row for row, _ in counted}))
    column_names = tuple(columns or sorted({column for _, column in counted}))
    counts = tuple(tuple(counted[row, column] for column in column_names) for row in row_names)
    return Confusion(row_names, column_names, counts)
