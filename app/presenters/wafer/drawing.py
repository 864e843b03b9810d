"""The state of the wafer screen on the map: only what differs is drawn again."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from app.presenters.wafer.masks import on_map, visible
from app.presenters.wafer.state import WaferState
from app.presenters.wafer.zones import edge_radius_um, zone_reach_um
from app.theme import Palette
from app.views.wafer.wafer_map import WaferMapWidget
from core.domain.wafer_grid import stacked_boxes
from core.services.klarf.wafer_map import WaferMap


class MapDrawing:
    """Knows the colours, and what was drawn last."""

    def __init__(self, shown: WaferMapWidget, palette: Palette) -> None:
        self._shown, self._muted = shown, palette.muted
        self._faded = _rgb(palette.border)
        self._wafers: tuple[object, ...] = ()

    def color_of(self, lot_map: WaferMap, name: str) -> str:
        """The colour of a class, by its name in any letter case."""
        found = (one.color for one in lot_map.classes if one.name.casefold() == name.casefold())
        return next(found, None) or self._muted

    def draw(self, state: WaferState) -> int:
        """Show the state; gives the number of dots."""
        lot_map, plan = state.lot_map, state.plan
        if lot_map is None or plan is None:
            return 0
        if self._wafers != (lot_map.files, state.shown_wafers):
            self._wafers = (lot_map.files, state.shown_wafers)
            boxes = stacked_boxes([lot_map.plans[place] for place in state.shown_wafers])
            self._shown.set_wafer(plan.diameter_um, plan.mark, boxes)
        self._shown.set_edge(edge_radius_um(plan, state.edge_mm))
        self._shown.set_zone(*zone_reach_um(plan, state.zone, state.edge_mm), plan.diameter_um)
        shown = visible(state)
        rows = np.concatenate([np.setdiff1d(on_map(state), shown, assume_unique=True), shown])
        colors = self._colors(lot_map)[lot_map.class_of[rows]]
        colors[: len(rows) - len(shown)] = self._faded
        self._shown.set_dots(lot_map.defects.on_wafer_um[rows].astype(np.float32), colors)
        self._ring(state, lot_map)
        return len(shown)

    def _ring(self, state: WaferState, lot_map: WaferMap) -> None:
        chosen = state.chosen
        on_map = chosen is not None and int(lot_map.defects.wafers[chosen]) in state.shown_wafers
        x, y = lot_map.defects.on_wafer_um[chosen].tolist() if on_map else (np.nan, np.nan)
        self._shown.set_chosen((x, y) if np.isfinite(x + y) else None)

    def _colors(self, lot_map: WaferMap) -> NDArray[np.uint8]:
        rows = [_rgb(one.color or self._muted) for one in lot_map.classes]
        return np.array(rows, np.uint8).reshape(-1, 3)


def _rgb(color: str) -> tuple[int, int, int]:
    named = QColor(color)
    return named.red(), named.green(), named.blue()
