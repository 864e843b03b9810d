"""The wafer screen: a lot's defects where they lie, and the filters that map, Pareto, gallery and queue share."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.events import ClassesChanged, Events, LotChanged
from app.job_runner import JobRunner
from app.presenters.queue_limit import QueueLimit
from app.presenters.wafer import masks
from app.presenters.wafer import state as reducers
from app.presenters.wafer.chips import chips_of
from app.presenters.wafer.counting import ParetoPresenter
from app.presenters.wafer.drawing import MapDrawing
from app.presenters.wafer.filters import Filters
from app.presenters.wafer.lots import lot_lines, lots_summary
from app.presenters.wafer.state import Part, WaferState
from app.presenters.wafer.text import (
    NO_WAFER,
    counts_text,
    defect_text,
    not_filtered_text,
    stack_text,
    wafer_names,
)
from app.qt_models.pareto import ParetoModel
from app.theme import Palette
from app.views.wafer.view import WaferView
from core.domain.ids import ImageId, LotId
from core.domain.review import ChangeSet
from core.domain.wafer_states import WaferLot
from core.jobs import JobContext
from core.services.klarf.wafer_map import NO_IMAGE, WaferMap, list_wafer_lots, read_wafer_map
from core.services.workspace import Workspace

_NO_LOT = ("No lot is open", "Open one on the lots screen.")
_EMPTY_FILE = ("No wafer", "The lot's KLARF tells of no wafer.")
Read = tuple[WaferMap, tuple[WaferLot, ...]]


class WaferPresenter(QObject):
    """Every wish becomes a new state; the map, the bars, the chips and the queue follow it."""

    image_chosen = Signal(int)  # ImageId
    review_requested = Signal()
    limit_changed = Signal(object)  # QueueLimit | None
    map_read = Signal()

    def __init__(
        self,
        workspace: Workspace,
        view: WaferView,
        bars: ParetoModel,
        runner: JobRunner,
        events: Events,
        palette: Palette,
        report_failure: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._view, self._runner = workspace, view, runner
        self._report_failure = report_failure
        self._state = WaferState()
        self._limit: QueueLimit | None = None
        self._is_stale, self._is_shown = True, False
        self._drawing = MapDrawing(view.map, palette)
        self._pareto = ParetoPresenter(
            workspace, view.panel, bars, runner, self._drawing, report_failure, self
        )
        events.changed.connect(self._on_changed)
        self.filters = Filters(view, lambda: self._state, self._apply, self)
        view.panel.lot_toggled.connect(self.lay_on)
        view.panel.review_requested.connect(self.review_chosen)
        view.map.place_clicked.connect(self.choose_at)
        view.map.place_opened.connect(self._open_at)
        view.map.place_hovered.connect(self._tell_at)
        view.say_instead(*_NO_LOT)

    @property
    def state(self) -> WaferState:
        """What is shown now."""
        return self._state

    def set_shown(self, is_shown: bool, lot_id: LotId | None) -> None:
        """The screen came to the front with a lot, or went to the back."""
        self._is_shown = is_shown
        if lot_id != self._state.lot_id:
            self._state, self._limit = reducers.open_lot(self._state, lot_id), None
            self._is_stale = True
        self._refresh()

    def show_image(self, image_id: ImageId) -> None:
        """Ring the defect of an image, on its wafer."""
        lot_map = self._state.lot_map
        defect = None if lot_map is None else lot_map.defect_of.get(image_id)
        if defect is not None and defect != self._state.chosen:
            self._apply(replace(self._state, chosen=defect))

    def choose_at(self, x: float, y: float, reach: float, with_control: bool = False) -> None:
        """Choose the defect at a place, and its image with it; with Ctrl, pick it or drop it from what is picked."""
        place = masks.nearest(self._state, x, y, reach)
        if with_control and place is not None:
            self.filters.pick(place)
            return
        self._apply(replace(self._state, chosen=place))
        image = self._own_image(place)
        if image is not None:
            self.image_chosen.emit(image)

    def forget_filters(self) -> None:
        """The queue was opened anew and lists everything."""
        self._limit = None
        self._apply(reducers.remove(self._state, Part))

    def lay_on(self, lot_id: int, on: bool) -> None:
        """Lay the wafers of another lot on those of this one, or take them away."""
        self._state = reducers.lay_on(self._state, LotId(lot_id), on)
        self._outdate()

    def review_chosen(self) -> None:
        """Go to the image of the chosen defect, or where the queue is."""
        image = self._own_image(self._state.chosen)
        if image is not None:
            self.image_chosen.emit(image)
        self.review_requested.emit()

    def _open_at(self, x: float, y: float, reach: float) -> None:
        self.choose_at(x, y, reach)
        if self._own_image(self._state.chosen) is not None:
            self.review_requested.emit()

    def _tell_at(self, x: float, y: float, reach: float) -> None:
        place = masks.nearest(self._state, x, y, reach)
        self._view.map.show_tip("" if place is None else defect_text(self._state, place))

    def _own_image(self, place: int | None) -> int | None:
        """An image of a defect of the lot that is reviewed."""
        lot_map = self._state.lot_map
        if place is None or lot_map is None or lot_map.numbers[place, 0] != self._state.lot_id:
            return None
        image = int(lot_map.images[place])
        return None if image == NO_IMAGE else image

    def _on_changed(self, change: object, _initiator: object) -> None:
        """What a run finds changes neither places nor classes."""
        if isinstance(change, ChangeSet | LotChanged | ClassesChanged):
            self._outdate()

    def _outdate(self) -> None:
        self._is_stale = True
        self._refresh()

    def _refresh(self) -> None:
        lot_id = self._state.lot_id
        if not (self._is_shown and self._is_stale) or lot_id is None:
            return
        self._is_stale = False
        asked = (lot_id, *self._state.others)

        def read(ctx: JobContext) -> Read:
            return read_wafer_map(self._workspace, asked, ctx), list_wafer_lots(self._workspace)

        running = self._runner.start(read, title="Place defects", lane="io")
        running.failed.connect(self._report_failure)
        running.succeeded.connect(lambda found: self._take(asked, *found))

    def _take(self, asked: tuple[LotId, ...], found: WaferMap, known: tuple[WaferLot, ...]) -> None:
        if asked != (self._state.lot_id, *self._state.others):
            return
        self._apply(reducers.take_map(self._state, found, known), read_again=True)
        if self._state.lot_map is None:
            self._view.say_instead(*_EMPTY_FILE)
        else:
            self._view.show_lot(with_map=found.has_wafers)
            self.map_read.emit()

    def _apply(self, state: WaferState, *, read_again: bool = False) -> None:
        self._state = state
        self._view.set_chips(chips_of(state), "" if state.parts else not_filtered_text(state))
        self._limit_queue()
        if state.lot_map is None:
            return
        shown = self._drawing.draw(state)
        self._show_choices(state, shown)
        self._pareto.show(state, read_again=read_again)

    def _show_choices(self, state: WaferState, shown: int) -> None:
        panel, lot_map, plan = self._view.panel, state.lot_map, state.plan
        if lot_map is None or plan is None:
            return
        names = [stack_text(state), *wafer_names(state)] if lot_map.has_wafers else ["", NO_WAFER]
        chosen = 0 if state.wafer is None else 1 + lot_map.keys.index(state.wafer)
        panel.set_wafers(names if len(lot_map.keys) > 1 else names[1:], chosen)
        panel.set_lots(lot_lines(state), lots_summary(state))
        panel.set_zone(state.zone.value, state.edge_mm, is_known=plan.diameter_um is not None)
        panel.counts.setText(counts_text(state, shown, int(masks.listed(state).sum())))
        told = "" if state.chosen is None else defect_text(state, state.chosen)
        panel.set_defect(told, can_review=self._own_image(state.chosen) is not None)

    def _limit_queue(self) -> None:
        images = masks.listed_images(self._state)
        chips = tuple(chip for chip in chips_of(self._state) if chip.key != Part.QUEUE)
        limit = None if images is None else QueueLimit(images, chips)
        if limit != self._limit:
            self._limit = limit
            self.limit_changed.emit(limit)
