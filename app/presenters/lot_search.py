"""Searching all lots from the lots screen."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.events import Events
from app.job_runner import JobRunner, RunningJob
from app.qt_models.search_hits import SearchHitsModel
from app.views.lots.search_panel import SearchPanel
from core.domain.errors import UserError
from core.domain.search import SearchResult
from core.services.history_search import search_history
from core.services.lots import remember_position
from core.services.workspace import Workspace


class LotSearchPresenter(QObject):
    """One search at a time; a newer one takes an older one's place."""

    active_changed = Signal(bool)  # whether hits are shown in the lots' place

    def __init__(
        self,
        workspace: Workspace,
        runner: JobRunner,
        events: Events,
        report_failure: Callable[[BaseException], None],
        view: SearchPanel,
        model: SearchHitsModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._runner, self._events = workspace, runner, events
        self._report_failure, self._view, self._model = report_failure, view, model
        self._running: RunningJob | None = None
        view.search_requested.connect(self._search)
        view.cleared.connect(self._clear)
        view.row_chosen.connect(self._open)

    def _search(self, text: str) -> None:
        self._stop()
        self._view.set_outcome("Searching …", has_hits=False)
        running = self._runner.start(partial(search_history, self._workspace, text), title="Search")
        running.succeeded.connect(partial(self._show, running))
        running.failed.connect(partial(self._fail, running))
        self._running = running

    def _show(self, running: RunningJob, found: SearchResult) -> None:
        if running is not self._running:
            return
        self._running = None
        self._model.replace_records(found.hits)
        self._view.set_outcome(outcome_text(found), has_hits=bool(found.hits))
        self.active_changed.emit(True)

    def _fail(self, running: RunningJob, error: BaseException) -> None:
        if running is not self._running:
            return
        self._running = None
        if isinstance(error, UserError):
            self._view.set_outcome(str(error), has_hits=False)
        else:
            self._clear()
            self._report_failure(error)

    def _clear(self) -> None:
        self._stop()
        self._model.replace_records(())
        self._view.set_outcome(None, has_hits=False)
        self.active_changed.emit(False)

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None

    def _open(self, row: int) -> None:
        hit = self._model.records[row]
        remember_position(self._workspace, hit.lot_id, hit.image_id)
        self._events.lot_requested.emit(hit.lot_id)


def outcome_text(found: SearchResult) -> str:
    """How many images were found, and how many of them are listed."""
    if not found.total:
        return "No image of any lot fits."
    images = f"{found.total:,} image{'' if found.total == 1 else 's'}"
    return images if len(found.hits) == found.total else f"The first {len(found.hits):,} of {images}"
