"""The wafer screen: a lot's defects where they lie, read again when it is looked at and something has changed."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from app.events import Events
from app.job_runner import JobRunner
from app.presenters.wafer import state as reducers
from app.presenters.wafer.state import WaferState, Zone
from app.presenters.wafer.text import counts_text, defect_text, wafer_text
from app.theme import Palette
from app.views.wafer.view import LegendLine, WaferView
from core.domain.ids import ImageId, LotId
from core.jobs import JobContext
from core.services.klarf.wafer_map import NO_IMAGE, WaferMap, read_wafer_map
from core.services.workspace import Workspace

_NOTHING = ("No wafer", "The lot did not come from a KLARF, so nothing is known of places on a wafer.")


class WaferPresenter(QObject):
    """Every wish becomes a new state; the map follows it."""

    image_chosen = Signal(int)  # ImageId
    review_requested = Signal()

    def __init__(
        self,
        workspace: Workspace,
        view: WaferView,
        runner: JobRunner,
        events: Events,
        palette: Palette,
        report_failure: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._view, self._runner = workspace, view, runner
        self._palette, self._report_failure = palette, report_failure
        self._state = WaferState()
        self._is_stale, self._is_shown = True, False
        events.changed.connect(lambda *_: self._outdate())
        view.wafer_chosen.connect(self.show_wafer)
        view.zone_chosen.connect(lambda zone: self._apply(replace(self._state, zone=Zone(zone))))
        view.edge_chosen.connect(lambda edge_mm: self._apply(replace(self._state, edge_mm=edge_mm)))
        view.class_toggled.connect(self._toggle)
        view.review_requested.connect(self.review_requested)
        view.map.place_clicked.connect(self.choose_at)
        view.map.place_opened.connect(self._open_at)
        view.say_instead(*_NOTHING)

    @property
    def state(self) -> WaferState:
        """What is shown now."""
        return self._state

    def set_shown(self, is_shown: bool, lot_id: LotId | None) -> None:
        """The screen came to the front with a lot, or went to the back."""
        self._is_shown = is_shown
        if lot_id != self._state.lot_id:
            self._state = WaferState(lot_id=lot_id, edge_mm=self._state.edge_mm, zone=self._state.zone)
            self._is_stale = True
        self._refresh()

    def show_wafer(self, wafer: int) -> None:
        """Show another wafer of the lot."""
        if self._state.lot_map is not None and 0 <= wafer < len(self._state.lot_map.plans):
            self._apply(replace(self._state, wafer=wafer, chosen=None))
            self._draw_wafer()

    def show_image(self, image_id: ImageId) -> None:
        """Ring the defect of an image, on its wafer."""
        lot_map = self._state.lot_map
        defect = None if lot_map is None else lot_map.defect_of.get(image_id)
        if lot_map is None or defect is None:
            return
        wafer = int(lot_map.defects.wafers[defect])
        if wafer != self._state.wafer:
            self.show_wafer(wafer)
        self._apply(replace(self._state, chosen=defect))

    def choose_at(self, x: float, y: float, reach: float) -> None:
        """Choose the defect at a place, and its image with it."""
        chosen = reducers.nearest(self._state, x, y, reach)
        self._apply(replace(self._state, chosen=chosen))
        image = self._image_of(chosen)
        if image is not None:
            self.image_chosen.emit(image)

    def _open_at(self, x: float, y: float, reach: float) -> None:
        self.choose_at(x, y, reach)
        if self._image_of(self._state.chosen) is not None:
            self.review_requested.emit()

    def _image_of(self, defect: int | None) -> int | None:
        if defect is None or self._state.lot_map is None:
            return None
        image = int(self._state.lot_map.images[defect])
        return None if image == NO_IMAGE else image

    def _toggle(self, row: int, shown: bool) -> None:
        if self._state.lot_map is not None:
            name = self._state.lot_map.classes[row].name
            self._apply(reducers.toggle_class(self._state, name, shown))

    def _outdate(self) -> None:
        self._is_stale = True
        self._refresh()

    def _refresh(self) -> None:
        lot_id = self._state.lot_id
        if not (self._is_shown and self._is_stale) or lot_id is None:
            return
        self._is_stale = False

        def read(ctx: JobContext) -> WaferMap | None:
            return read_wafer_map(self._workspace, [lot_id], ctx)

        running = self._runner.start(read, title="Place defects", lane="io")
        running.failed.connect(self._report_failure)
        running.succeeded.connect(lambda found: self._take(lot_id, found))

    def _take(self, lot_id: LotId, found: WaferMap | None) -> None:
        if lot_id != self._state.lot_id:
            return
        before = self._state.lot_map
        self._apply(reducers.take_map(self._state, found))
        if found is None or not found.plans:
            self._view.say_instead(*_NOTHING)
            return
        names = [wafer_text(plan, number) for number, plan in enumerate(found.plans)]
        self._view.set_wafers(names, self._state.wafer)
        if before is None or before.files != found.files:
            self._draw_wafer()
        self._view.show_map()

    def _draw_wafer(self) -> None:
        plan = self._state.plan
        if plan is not None:
            self._view.map.set_wafer(plan.diameter_um, plan.mark, plan.die_boxes())

    def _apply(self, state: WaferState) -> None:
        self._state = state
        lot_map = state.lot_map
        self._view.set_edge(state.edge_mm)
        if lot_map is None:
            return
        colors = [one.color or self._palette.muted for one in lot_map.classes]
        rows = reducers.visible(state)
        table = np.array([_rgb(color) for color in colors], np.uint8).reshape(-1, 3)
        places = lot_map.defects.on_wafer_um
        self._view.map.set_dots(places[rows].astype(np.float32), table[lot_map.class_of[rows]])
        self._view.map.set_edge(reducers.edge_radius_um(state))
        counts = np.bincount(lot_map.class_of[reducers.in_zone(state)], minlength=len(colors))
        self._view.set_legend(
            [
                LegendLine(one.name, color, int(count), one.name not in state.hidden)
                for one, color, count in zip(lot_map.classes, colors, counts, strict=True)
            ]
        )
        self._view.set_counts(counts_text(state, len(rows)))
        self._show_chosen(lot_map, state.chosen)

    def _show_chosen(self, lot_map: WaferMap, chosen: int | None) -> None:
        if chosen is None:
            self._view.map.set_chosen(None)
            self._view.set_defect("", can_review=False)
            return
        x, y = lot_map.defects.on_wafer_um[chosen].tolist()
        self._view.map.set_chosen((x, y) if np.isfinite(x + y) else None)
        self._view.set_defect(defect_text(lot_map, chosen), can_review=self._image_of(chosen) is not None)


def _rgb(color: str) -> tuple[int, int, int]:
    named = QColor(color)
    return named.red(), named.green(), named.blue()
