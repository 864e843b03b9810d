"""What the wafer screen shows: one frozen record, and the next one by pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.presenters.wafer.zones import DEFAULT_EDGE_MM, Zone
from core.domain.ids import LotId
from core.domain.pareto import Measure, WaferKey
from core.domain.wafer_grid import have_same_grid
from core.domain.wafer_states import WaferLot
from core.domain.wafers import WaferPlan
from core.services.klarf.wafer_map import WaferMap

Numbers = NDArray[np.int64]


class Part(StrEnum):
    """What can narrow down the screen and the queue; each has its chip."""

    WAFER = "wafer"
    ZONE = "zone"
    CLASSES = "classes"
    PICKED = "picked"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True, eq=False)
class QueueChoice:
    """What the queue's own filter lists.

    Attributes:
        text: in words.
        images: (K,) int64 ids.
    """

    text: str
    images: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class WaferState:
    """The screen's state.

    Attributes:
        lot_id: the lot that is being reviewed.
        others: lots that are laid on it.
        known_lots: those that could be.
        lot_map: of all of them; None while nothing is known of the reviewed lot's wafers.
        stackable: (W,) bool which wafers of the map have the same dies as its first one.
        wafer: the only one that is shown; None shows the stack.
        classes: names of the only ones that are shown, casefolded; empty shows all.
        picked: (P, 2) int64 lot and number of the only defects that are shown; None shows all.
        queue: what the queue's own filter leaves; None leaves all.
        chosen: place on the map of the defect that was clicked.
    """

    lot_id: LotId | None = None
    others: tuple[LotId, ...] = ()
    known_lots: tuple[WaferLot, ...] = ()
    lot_map: WaferMap | None = None
    stackable: tuple[bool, ...] = ()
    wafer: WaferKey | None = None
    zone: Zone = Zone.WHOLE
    edge_mm: float = DEFAULT_EDGE_MM
    classes: frozenset[str] = frozenset()
    picked: Numbers | None = None
    queue: QueueChoice | None = None
    chosen: int | None = None
    measure: Measure = Measure.DEFECTS

    @property
    def shown_wafers(self) -> tuple[int, ...]:
        """Places of the wafers on the map: one, or those of the stack."""
        if self.lot_map is None:
            return ()
        if self.wafer in self.lot_map.keys:
            return (self.lot_map.keys.index(self.wafer),)
        return tuple(place for place, fits in enumerate(self.stackable) if fits)

    @property
    def plan(self) -> WaferPlan | None:
        """The wafer that is shown, or the first of the stack."""
        shown = self.shown_wafers
        return None if self.lot_map is None or not shown else self.lot_map.plans[shown[0]]

    @property
    def is_stack(self) -> bool:
        """Whether wafers lie on each other."""
        return len(self.shown_wafers) > 1

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is in force."""
        in_force = {
            Part.WAFER: self.wafer is not None,
            Part.ZONE: self.zone is not Zone.WHOLE,
            Part.CLASSES: bool(self.classes),
            Part.PICKED: self.picked is not None,
            Part.QUEUE: self.queue is not None,
        }
        return tuple(part for part in Part if in_force[part])


def open_lot(state: WaferState, lot_id: LotId | None) -> WaferState:
    """Another lot: of the last one nothing stays but how it was looked at."""
    return WaferState(lot_id=lot_id, edge_mm=state.edge_mm, measure=state.measure)


def take_map(state: WaferState, lot_map: WaferMap, known: tuple[WaferLot, ...]) -> WaferState:
    """Show what was read; what was chosen stays where it still means something."""
    if not lot_map.plans:
        return remove(replace(state, lot_map=None, known_lots=known, stackable=(), chosen=None), Part)
    before = state.lot_map
    same = before is not None and _is_same(before, lot_map)
    first = lot_map.plans[0]
    taken = replace(
        state,
        lot_map=lot_map,
        known_lots=known,
        stackable=tuple(have_same_grid(first, plan) for plan in lot_map.plans),
        wafer=state.wafer if state.wafer in lot_map.keys else None,
        classes=state.classes & {one.name.casefold() for one in lot_map.classes},
        chosen=state.chosen if same else None,
    )
    if first.diameter_um is None:
        taken = replace(taken, zone=Zone.WHOLE)
    own_file_changed = before is not None and before.files[0] != lot_map.files[0]
    return replace(taken, picked=None) if own_file_changed else taken


def _is_same(before: WaferMap, after: WaferMap) -> bool:
    """Whether the places on both mean the same defects."""
    return before.files == after.files and len(before.defects) == len(after.defects)


def choose_wafer(state: WaferState, wafer: WaferKey | None) -> WaferState:
    """Show one wafer, or with None the stack. The only wafer there is is no choice."""
    only_one = state.lot_map is not None and len(state.lot_map.keys) == 1
    return replace(state, wafer=None if only_one else wafer, chosen=None)


def step_wafer(state: WaferState, by: int) -> WaferState:
    """The next wafer, the stack being the one before the first and after the last."""
    if state.lot_map is None:
        return state
    stops: list[WaferKey | None] = [None, *state.lot_map.keys]
    at = stops.index(state.wafer) if state.wafer in stops else 0
    return choose_wafer(state, stops[(at + by) % len(stops)])


def choose_classes(state: WaferState, names: Iterable[str]) -> WaferState:
    """Show only these classes; none shows all."""
    return replace(state, classes=frozenset(name.casefold() for name in names))


def invert_classes(state: WaferState) -> WaferState:
    """Show the classes that are not shown now."""
    if state.lot_map is None or not state.classes:
        return state
    all_names = {one.name.casefold() for one in state.lot_map.classes}
    return replace(state, classes=frozenset(all_names - state.classes))


def lay_on(state: WaferState, lot_id: LotId, on: bool) -> WaferState:
    """Lay another lot on the one that is reviewed, or take it away."""
    others = tuple(other for other in state.others if other != lot_id)
    return replace(state, others=(*others, lot_id) if on else others, chosen=None)


def remove(state: WaferState, parts: Iterable[Part]) -> WaferState:
    """Take filters away."""
    nothing = {
        Part.WAFER: {"wafer": None},
        Part.ZONE: {"zone": Zone.WHOLE},
        Part.CLASSES: {"classes": frozenset()},
        Part.PICKED: {"picked": None},
        Part.QUEUE: {"queue": None},
    }
    for part in parts:
        state = replace(state, **nothing[part])  # type: ignore[arg-type]
    return state
