"""Under which name a defect stands on the wafer map and in the Pareto: the engineer's class, else that of the file."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.decisions import DefectClass, Killer, Verdict
from core.domain.ids import ClassId
from core.services.decisions import CLASS_COLORS
from core.services.klarf.class_numbers import VERDICT_CLASSES

NO_CLASS = "No class"
_UNCLASSIFIED = 0
"""The number that the field gives a defect that nobody looked at."""


@dataclass(frozen=True, slots=True)
class WaferClass:
    """A class that defects on wafers have; `color` is None for what has no class yet."""

    name: str
    color: str | None

    @property
    def is_classified(self) -> bool:
        """Whether somebody gave it."""
        return self.color is not None


class ClassLines:
    """Collects classes by name: the lot's own and the file's of the same name, in any letter case, are one."""

    def __init__(self, classes: Sequence[DefectClass]) -> None:
        self._by_id = {one.id: one for one in classes}
        self._by_key = {one.name.casefold(): one for one in reversed(classes)}
        self._taken = {one.color for one in classes}
        self._places: dict[str, int] = {}
        self._lines: list[WaferClass] = []

    @property
    def classes(self) -> tuple[WaferClass, ...]:
        """What was collected, in the order of first appearance."""
        return tuple(self._lines)

    def of_file(self, known: Mapping[int, str], number: float | None) -> int:
        """The line of a number of a file's class lookup; None and NaN are numbers that the file does not give."""
        whole = _UNCLASSIFIED if number is None or math.isnan(number) else int(number)
        if whole == _UNCLASSIFIED:
            return self._line(known.get(whole, NO_CLASS), is_classified=False)
        return self._line(known.get(whole, f"Class {whole}"))

    def of_decision(self, class_id: ClassId | None, verdict: Verdict | None) -> int | None:
        """The line of a decision; None where it names no class."""
        if class_id is not None:
            return self._line(self._by_id[class_id].name)
        word = None if verdict is None else VERDICT_CLASSES.get(verdict)
        return None if word is None else self._line(word)

    def is_killer(self, line: int, decided: Killer) -> bool:
        """Whether defects of a line kill their die: as was decided of them, else as the class manager says."""
        if decided is not Killer.UNKNOWN:
            return decided is Killer.YES
        known = self._by_key.get(self._lines[line].name.casefold())
        return known is not None and known.killer is Killer.YES

    def _line(self, name: str, *, is_classified: bool = True) -> int:
        key = name.casefold()
        if key not in self._places:
            known = self._by_key.get(key)
            self._places[key] = len(self._lines)
            color = self._color(key) if is_classified else None
            self._lines.append(WaferClass(name if known is None else known.name, color))
        return self._places[key]

    def _color(self, key: str) -> str:
        if key in self._by_key:
            return self._by_key[key].color
        taken = self._taken | {line.color for line in self._lines if line.color}
        free = [color for color in CLASS_COLORS if color not in taken]
        return free[0] if free else CLASS_COLORS[len(self._lines) % len(CLASS_COLORS)]
