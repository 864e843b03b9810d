"""Sets thresholds: measures defect-free images in the background, shows what would change, keeps what is accepted."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from app.events import Events, RecipesChanged
from app.job_runner import JobRunner
from app.messages import Message
from app.presenters.dialog_job import DialogJob, fraction_of, progress_text
from app.presenters.thresholds.state import ThresholdsState, effect_text, notes_text, source_words
from app.views.thresholds.cut_bands import CutPicture
from app.views.thresholds.dialog import ThresholdsDialog
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.thresholds import ThresholdProposal, ThresholdSource
from core.jobs import JobContext, Progress
from core.services.lots import list_defect_free
from core.services.recipes import current_recipe, keep_recipe
from core.services.workspace import Workspace

TITLE = "Thresholds"


class ThresholdsPresenter(QObject):
    """One visit to the dialog; it dies with it.

    Args:
        workspace: holds lots, decisions and the recipe in use.
        view: the dialog.
        runner: measures.
        events: hears of what was kept.
        lot: id and name of the open lot; None and empty where there is none.
        device: "auto", "cpu" or "cuda".
        ask_folder: asks the engineer; None when they thought better of it.
        report_failure: hears of what went wrong.
    """

    def __init__(
        self,
        workspace: Workspace,
        view: ThresholdsDialog,
        runner: JobRunner,
        events: Events,
        *,
        lot: tuple[LotId | None, str],
        device: str,
        ask_folder: Callable[[], Path | None],
        report_failure: Callable[[BaseException], None],
    ) -> None:
        super().__init__(view)
        self._workspace, self._view, self._events = workspace, view, events
        self._device, self._ask_folder = device, ask_folder
        self._job = DialogJob(runner, TITLE, report_failure, self)
        self._job.progressed.connect(self._on_progressed)
        self._job.succeeded.connect(self._on_proposed)
        self._job.complained.connect(self._on_complained)
        lot_id, name = lot
        decided = 0 if lot_id is None else len(list_defect_free(workspace, lot_id))
        source = ThresholdSource.DECIDED if decided else ThresholdSource.FOLDER
        self._state = ThresholdsState(lot_id, name, decided, source)
        view.source_chosen.connect(self.choose_source)
        view.folder_requested.connect(self.choose_folder)
        view.measure_requested.connect(self.measure)
        view.cancel_requested.connect(self._job.cancel)
        view.accept_requested.connect(self.accept)
        view.closed.connect(self._job.cancel)
        recipe = current_recipe(workspace)
        view.set_in_use(f"In use: recipe {recipe.name}, version {recipe.version}")
        self._apply(self._state)

    @property
    def state(self) -> ThresholdsState:
        """What is shown now."""
        return self._state

    def choose_source(self, source: ThresholdSource) -> None:
        """Take thresholds from there; an outcome for another source counts no more."""
        self._apply(replace(self._state, source=source, proposal=None, complaint=""))

    def choose_folder(self) -> None:
        """Ask for the folder of defect-free images."""
        if (folder := self._ask_folder()) is not None:
            self.choose_source(ThresholdSource.FOLDER)
            self._apply(replace(self._state, folder=folder))

    def measure(self) -> None:
        """Measure in the background what was chosen."""
        if not self._state.can_measure:
            return
        state = self._state
        self._job.start(
            partial(_propose, self._workspace, state.source, state.lot_id, state.folder, self._device)
        )
        self._apply(replace(state, progress=Progress(), proposal=None, complaint=""))

    def accept(self) -> None:
        """Keep the proposed recipe, which the next detection uses."""
        proposal = self._state.proposal
        if proposal is None:
            return
        try:
            file = keep_recipe(self._workspace, proposal.recipe, "Thresholds of the thresholds dialog")
        except UserError as error:
            self._events.user_error.emit(error)
            return
        self._events.changed.emit(RecipesChanged(), self)
        unknown_at, ng_at = proposal.then
        self._events.notice.emit(
            Message(
                f"Recipe {proposal.recipe.name}, version {proposal.recipe.version}: Unknown from {unknown_at:.3f}, "
                f"NG from {ng_at:.3f}.",
                "Every lot is measured with it from now on; F5 measures the open one again.",
                is_error=False,
                path=file,
            )
        )
        self._view.reject()

    def _on_progressed(self, progress: Progress | None) -> None:
        self._apply(replace(self._state, progress=progress))

    def _on_proposed(self, proposal: ThresholdProposal) -> None:
        self._apply(replace(self._state, proposal=proposal))

    def _on_complained(self, complaint: str) -> None:
        self._apply(replace(self._state, complaint=complaint))

    def _apply(self, state: ThresholdsState) -> None:
        self._state = state
        view, proposal, is_running = self._view, state.proposal, state.progress is not None
        folder = "" if state.folder is None else str(state.folder)
        view.set_source(state.source, source_words(state), folder)
        view.set_progress(progress_text(state.progress), fraction_of(state.progress), is_running=is_running)
        if proposal is None:
            view.set_outcome(None, state.complaint, "")
        else:
            picture = CutPicture(proposal.now, proposal.then, proposal.scores)
            effect = effect_text(proposal.changes, state.lot_name)
            view.set_outcome(picture, effect, notes_text(proposal))
        view.set_enabled(
            choose=not is_running,
            decided=state.decided > 0,
            measure=state.can_measure,
            accept=proposal is not None and not is_running,
        )


def _propose(
    workspace: Workspace,
    source: ThresholdSource,
    lot_id: LotId | None,
    folder: Path | None,
    device: str,
    ctx: JobContext,
) -> ThresholdProposal:
    from core.services.detection import (
        proposing,  # with torch, which takes seconds: imported here, in the worker
    )

    if source is ThresholdSource.FOLDER and folder is not None:
        return proposing.propose_from_folder(workspace, lot_id, folder, device, ctx)
    if source is ThresholdSource.DECIDED and lot_id is not None:
        return proposing.propose_from_decided(workspace, lot_id, device, ctx)
    return proposing.propose_from_weights(workspace, lot_id, device, ctx)
