"""What a wafer view shows: every defect of a lot with its place, the class it has now, and the image that shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.decisions import DefectClass, Judgement
from core.domain.ids import ClassId, ImageId, LotId
from core.domain.wafers import LotSites
from core.jobs import JobContext
from core.services.decisions import CLASS_COLORS
from core.services.klarf.class_numbers import VERDICT_CLASSES
from core.services.workspace import Workspace

NO_IMAGE = -1
NO_CLASS = "No class"
_UNCLASSIFIED = 0
"""The number that the field gives a defect that nobody looked at."""


@dataclass(frozen=True, slots=True)
class WaferClass:
    """A line of the legend; `color` is None for what has no class yet."""

    name: str
    color: str | None


@dataclass(frozen=True, slots=True, eq=False)
class WaferMap:
    """A lot on its wafers.

    Attributes:
        sites: wafers and defects.
        images: (N,) int64 id of an image of each defect; NO_IMAGE where there is none.
        defect_of: number of the defect that an image shows.
        classes: those that defects have.
        class_of: (N,) int64 which of them each defect has: the engineer's, else that of the file.
    """

    sites: LotSites
    images: NDArray[np.int64]
    defect_of: dict[ImageId, int]
    classes: tuple[WaferClass, ...]
    class_of: NDArray[np.int64]


def read_wafer_map(workspace: Workspace, lot_id: LotId, ctx: JobContext) -> WaferMap | None:
    """A lot on its wafers; None where it did not come with a file that tells of them.

    Raises:
        JobCancelled: between the questions.
    """
    sites = workspace.history.sites(lot_id)
    if sites is None:
        return None
    ctx.check()
    legend = _Legend(workspace.history.list_classes(include_retired=True))
    of_number = {number: legend.of_file(sites.class_names, number) for number in _distinct(sites)}
    class_of = np.array([of_number[_whole(value)] for value in sites.defects.class_numbers], np.int64)
    images = np.full(len(sites.defects), NO_IMAGE, np.int64)
    defect_of: dict[ImageId, int] = {}
    for item in workspace.history.list_items(lot_id):
        defect = sites.defect_of.get(item.record.name)
        if defect is None:
            continue
        defect_of[item.image_id] = defect
        if images[defect] == NO_IMAGE:
            images[defect] = item.image_id
        decided = legend.of_judgement(item.judgement)
        if decided is not None:
            class_of[defect] = decided
    return WaferMap(sites, images, defect_of, legend.classes, class_of)


def _distinct(sites: LotSites) -> set[int]:
    return {_whole(value) for value in np.unique(sites.defects.class_numbers)}


def _whole(value: float) -> int:
    return _UNCLASSIFIED if np.isnan(value) else int(value)


class _Legend:
    """Collects classes by name; the lot's own and the file's of the same name are one."""

    def __init__(self, classes: tuple[DefectClass, ...]) -> None:
        self._by_id = {one.id: one for one in classes}
        self._colors = {one.name.casefold(): one.color for one in reversed(classes)}
        self._places: dict[str, int] = {}
        self._lines: list[WaferClass] = []

    @property
    def classes(self) -> tuple[WaferClass, ...]:
        """What was collected, in the order of first appearance."""
        return tuple(self._lines)

    def of_file(self, known: Mapping[int, str], number: int) -> int:
        """The line of a number of the file's class lookup."""
        if number == _UNCLASSIFIED:
            return self._line(known.get(number, NO_CLASS), colored=False)
        return self._line(known.get(number, f"Class {number}"))

    def of_judgement(self, judgement: Judgement) -> int | None:
        """The line of a decision; None where it names no class."""
        if judgement.class_id is not None:
            return self._line(self._by_id[ClassId(judgement.class_id)].name)
        word = None if judgement.verdict is None else VERDICT_CLASSES.get(judgement.verdict)
        return None if word is None else self._line(word)

    def _line(self, name: str, *, colored: bool = True) -> int:
        key = name.casefold()
        if key not in self._places:
            self._places[key] = len(self._lines)
            self._lines.append(WaferClass(name, self._color(key) if colored else None))
        return self._places[key]

    def _color(self, key: str) -> str:
        if key not in self._colors:
            taken = {line.color for line in self._lines} | set(self._colors.values())
            free = [color for color in CLASS_COLORS if color not in taken]
            self._colors[key] = free[0] if free else CLASS_COLORS[len(self._lines) % len(CLASS_COLORS)]
        return self._colors[key]
