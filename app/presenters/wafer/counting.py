"""The Pareto beside the map: asked of the database in the background whenever the filters change."""

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QObject

from app.job_runner import JobRunner
from app.presenters.wafer.chips import class_names
from app.presenters.wafer.drawing import MapDrawing
from app.presenters.wafer.masks import picked_numbers, wafer_parts
from app.presenters.wafer.state import Numbers, WaferState
from app.presenters.wafer.text import bar_text, bar_tip, pareto_note
from app.qt_models.pareto import ParetoModel
from app.views.wafer.pareto_list import ParetoRow
from app.views.wafer.side_panel import SidePanel
from core.domain.ids import LotId
from core.domain.pareto import ClassCount, Measure, Pareto, ParetoBar, WaferPart, rank_classes
from core.jobs import JobContext
from core.services.klarf.pareto import count_classes
from core.services.workspace import Workspace

Question = tuple[tuple[WaferPart, ...], Numbers | None]


class ParetoPresenter(QObject):
    """Its own filter, the chosen classes, does not shorten it: the bars that are not chosen fade instead."""

    def __init__(
        self,
        workspace: Workspace,
        panel: SidePanel,
        model: ParetoModel,
        runner: JobRunner,
        drawing: MapDrawing,
        report_failure: Callable[[BaseException], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._panel, self._model = workspace, panel, model
        self._runner, self._drawing, self._report_failure = runner, drawing, report_failure
        self._state = WaferState()
        self._counts: tuple[ClassCount, ...] = ()
        self._asked: Question | None = None

    def show(self, state: WaferState, *, read_again: bool) -> None:
        """Follow a new state; `read_again` where something was decided meanwhile."""
        self._state = state
        question = wafer_parts(state), picked_numbers(state)
        if self._asked is not None and _lots(self._asked).isdisjoint(_lots(question)):
            self._counts = ()  # those of another lot are not shown while this one is counted
        if read_again or self._asked is None or not _is_same(self._asked, question):
            self._ask(question)
        self._show_bars()

    def _ask(self, question: Question) -> None:
        self._asked = question

        def count(_ctx: JobContext) -> tuple[ClassCount, ...]:
            return count_classes(self._workspace, *question)

        running = self._runner.start(count, title="Count classes", lane="io")
        running.failed.connect(self._report_failure)
        running.succeeded.connect(lambda counts: self._take(question, counts))

    def _take(self, question: Question, counts: tuple[ClassCount, ...]) -> None:
        if question is self._asked:
            self._counts = counts
            self._show_bars()

    def _show_bars(self) -> None:
        state, measure = self._state, self._state.measure
        ranked = rank_classes(self._counts, measure)
        self._model.set_rows(self._rows(ranked, measure))
        self._panel.pareto.show_choice(class_names(state))
        self._panel.set_measure(measure.value, pareto_note(ranked, measure))

    def _rows(self, ranked: Pareto, measure: Measure) -> Sequence[ParetoRow]:
        lot_map = self._state.lot_map
        if lot_map is None or not ranked.bars:
            return ()
        longest = ranked.bars[0].value
        return [
            self._row(bar, longest, self._drawing.color_of(lot_map, bar.name), measure) for bar in ranked.bars
        ]

    def _row(self, bar: ParetoBar, longest: float, color: str, measure: Measure) -> ParetoRow:
        return ParetoRow(
            name=bar.name,
            color=color,
            value_text=bar_text(bar),
            length=bar.value / longest,
            share=bar.share,
            before=max(bar.cumulative - bar.share, 0.0),
            cumulative=bar.cumulative,
            tip=bar_tip(bar, measure),
        )


def _lots(question: Question) -> set[LotId]:
    return {part.wafer[0] for part in question[0]}


def _is_same(first: Question, second: Question) -> bool:
    (parts, picked), (other_parts, other_picked) = first, second
    if parts != other_parts or picked is None or other_picked is None:
        return parts == other_parts and picked is other_picked
    return bool(np.array_equal(picked, other_picked))
