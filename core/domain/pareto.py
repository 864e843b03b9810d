"""The Pareto: which classes of defect make up how much of what was found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from core.domain.ids import LotId

WaferKey: TypeAlias = tuple[LotId, int]
"""A wafer: its lot, and its place among the wafers of that lot's file."""


class Measure(StrEnum):
    """What the length of a bar says."""

    DEFECTS = "defects"
    SAMPLE = "sample"
    KILLERS = "killers"


@dataclass(frozen=True, slots=True)
class WaferPart:
    """A wafer, or a ring of it.

    Attributes:
        low_um, high_um: distance from the centre, from low to below high; None where there is no such limit. With
            either, defects without a place are not meant.
    """

    wafer: WaferKey
    low_um: float | None = None
    high_um: float | None = None


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Defects of one class on one wafer.

    Attributes:
        is_classified: False for the line of those that nobody has given a class.
        killers: those of them that kill their die.
    """

    wafer: WaferKey
    name: str
    is_classified: bool
    defects: int
    killers: int


@dataclass(frozen=True, slots=True)
class ParetoBar:
    """One class.

    Attributes:
        value: what the measure gives; of a sample it is an estimate and no whole number.
        share: of the values of all bars, 0 to 1.
        cumulative: share of this bar and all above it.
        defects, killers: as they were counted, whatever the measure.
    """

    name: str
    value: float
    share: float
    cumulative: float
    defects: int
    killers: int


@dataclass(frozen=True, slots=True)
class Pareto:
    """Bars, the longest first.

    Attributes:
        defects: all that were counted, classified or not.
        classified: those with a class.
        blind_wafers: wafers that have defects and none with a class: a sample says nothing of them.
    """

    bars: tuple[ParetoBar, ...] = ()
    defects: int = 0
    classified: int = 0
    blind_wafers: int = 0


def rank_classes(counts: Sequence[ClassCount], measure: Measure) -> Pareto:
    """The Pareto of counted defects; classes whose bar would be empty are left out.

    Args:
        counts: of any classes on any wafers; lines of the same class are added up.
        measure: DEFECTS counts them. SAMPLE lets the classified defects of a wafer stand for all of its defects: each
            counts as (defects of its wafer / classified defects of its wafer). KILLERS counts those that kill a die.
    """
    weights = _sample_weights(counts) if measure is Measure.SAMPLE else {}
    values: dict[str, float] = {}
    for one in counts:
        value = _value(one, measure, weights.get(one.wafer, 0.0))
        values[one.name] = values.get(one.name, 0.0) + value
    defects, killers = _sums(counts, "defects"), _sums(counts, "killers")
    total, so_far, bars = sum(values.values()), 0.0, []
    for name in sorted((name for name in values if values[name] > 0), key=lambda name: (-values[name], name)):
        so_far += values[name]
        share, cumulative = values[name] / total, min(so_far / total, 1.0)
        bars.append(ParetoBar(name, values[name], share, cumulative, defects[name], killers[name]))
    return Pareto(tuple(bars), sum(defects.values()), _classified(counts), _blind(counts))


def _value(one: ClassCount, measure: Measure, weight: float) -> float:
    if measure is Measure.SAMPLE:
        return one.defects * weight if one.is_classified else 0.0
    return float(one.defects if measure is Measure.DEFECTS else one.killers)


def _sample_weights(counts: Iterable[ClassCount]) -> dict[WaferKey, float]:
    found: dict[WaferKey, int] = {}
    classified: dict[WaferKey, int] = {}
    for one in counts:
        found[one.wafer] = found.get(one.wafer, 0) + one.defects
        classified[one.wafer] = classified.get(one.wafer, 0) + one.defects * one.is_classified
    return {wafer: found[wafer] / known for wafer, known in classified.items() if known}


def _sums(counts: Iterable[ClassCount], field: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in counts:
        sums[one.name] = sums.get(one.name, 0) + int(getattr(one, field))
    return sums


def _classified(counts: Iterable[ClassCount]) -> int:
    return sum(one.defects for one in counts if one.is_classified)


def _blind(counts: Sequence[ClassCount]) -> int:
    held = {one.wafer for one in counts if one.defects}
    return len(held - {one.wafer for one in counts if one.defects and one.is_classified})
