"""The wishes that narrow the wafer screen down, and those that take that back."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.presenters.discover.state import points_inside
from app.presenters.wafer import masks
from app.presenters.wafer import state as reducers
from app.presenters.wafer.state import Part, QueueChoice, WaferState
from app.presenters.wafer.zones import Zone
from app.views.wafer.view import WaferView
from core.domain.ids import ImageId
from core.domain.pareto import Measure

_EMPTY_LASSO = "No dot lies in the lasso."


class Filters(QObject):
    """Each wish becomes the next state."""

    queue_freed = Signal()  # the queue's own filter is to be taken away

    def __init__(
        self,
        view: WaferView,
        state: Callable[[], WaferState],
        apply: Callable[[WaferState], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._view, self._state, self._apply = view, state, apply
        panel = view.panel
        panel.wafer_chosen.connect(self._choose_wafer)
        panel.zone_chosen.connect(lambda zone: apply(replace(state(), zone=Zone(zone))))
        panel.edge_chosen.connect(lambda edge_mm: apply(replace(state(), edge_mm=edge_mm)))
        panel.measure_chosen.connect(lambda name: apply(replace(state(), measure=Measure(name))))
        panel.pareto.classes_chosen.connect(lambda names: apply(reducers.choose_classes(state(), names)))
        view.map.lasso_drawn.connect(self.pick_inside)
        view.chip_removed.connect(self.remove)
        view.all_requested.connect(self.show_all)

    def set_queue(self, queue: QueueChoice | None) -> None:
        """What the queue's own filter lists."""
        if queue is not None or self._state().queue is not None:
            self._apply(replace(self._state(), queue=queue))

    def pick_inside(self, polygon: NDArray[np.float64]) -> None:
        """Show only the dots inside a lasso."""
        state, rows = self._state(), masks.on_map(self._state())
        if state.lot_map is None:
            return
        inside = rows[points_inside(state.lot_map.defects.on_wafer_um[rows].astype(np.float32), polygon)]
        if len(inside):
            self._apply(replace(state, picked=state.lot_map.numbers[inside]))
        else:
            self._view.set_hint(_EMPTY_LASSO)

    def pick(self, place: int) -> None:
        """Show a defect among those that are picked, or drop it from them."""
        self._apply(replace(self._state(), picked=masks.toggle_picked(self._state(), place)))

    def pick_images(self, image_ids: tuple[ImageId, ...]) -> None:
        """Show only the defects of some images."""
        lot_map = self._state().lot_map
        if lot_map is None:
            return
        places = sorted({lot_map.defect_of[one] for one in image_ids if one in lot_map.defect_of})
        if places:
            self._apply(replace(self._state(), picked=lot_map.numbers[np.array(places)]))

    def remove(self, part: str) -> None:
        """Take one filter away."""
        self._remove((Part(part),))

    def show_all(self) -> None:
        """Take every filter away."""
        self._remove(tuple(Part))

    def step_wafer(self, by: int) -> None:
        """The next or previous wafer, or the stack."""
        self._apply(reducers.step_wafer(self._state(), by))

    def invert_classes(self) -> None:
        """All classes but those that are chosen."""
        self._apply(reducers.invert_classes(self._state()))

    def step_measure(self) -> None:
        """The next measure of the Pareto."""
        measures = list(Measure)
        following = measures[(measures.index(self._state().measure) + 1) % len(measures)]
        self._apply(replace(self._state(), measure=following))

    def _choose_wafer(self, row: int) -> None:
        lot_map = self._state().lot_map
        if lot_map is not None:
            wafer = None if row == 0 else lot_map.keys[row - 1]
            self._apply(reducers.choose_wafer(self._state(), wafer))

    def _remove(self, parts: tuple[Part, ...]) -> None:
        frees_queue = Part.QUEUE in parts and self._state().queue is not None
        self._apply(reducers.remove(self._state(), parts))
        if frees_queue:
            self.queue_freed.emit()
