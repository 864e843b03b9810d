"""Teaches a detector from decided images in the background; what is accepted measures from then on."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from app.events import Events, RecipesChanged
from app.job_runner import JobRunner
from app.messages import Message
from app.presenters.dialog_job import DialogJob, fraction_of, progress_text
from app.presenters.few_shot_state import FewShotState, outcome_text, supply_rows
from app.views.few_shot.dialog import FewShotDialog
from core.domain.errors import UserError
from core.domain.few_shot import FewShotProposal
from core.domain.ids import LotId
from core.jobs import Progress
from core.services.few_shot.from_history import list_supplies, train_from_history
from core.services.recipes.in_use import keep_recipe
from core.services.workspace import Workspace

TITLE = "Few-shot training"


class FewShotPresenter(QObject):
    """One visit to the dialog; it dies with it.

    Args:
        workspace: holds lots and decisions.
        view: the dialog.
        runner: trains.
        events: hears of what was kept.
        lot_id: the open lot; None where there is none.
        device: "auto", "cpu" or "cuda".
        report_failure: hears of what went wrong.
    """

    def __init__(
        self,
        workspace: Workspace,
        view: FewShotDialog,
        runner: JobRunner,
        events: Events,
        *,
        lot_id: LotId | None,
        device: str,
        report_failure: Callable[[BaseException], None],
    ) -> None:
        super().__init__(view)
        self._workspace, self._view, self._events, self._device = workspace, view, events, device
        self._job = DialogJob(runner, TITLE, report_failure, self)
        self._job.progressed.connect(self._on_progressed)
        self._job.succeeded.connect(self._on_trained)
        self._job.complained.connect(self._on_complained)
        self._state = FewShotState(lot_id=lot_id, all_lots=lot_id is None)
        view.labels_chosen.connect(self.choose_labels)
        view.count_chosen.connect(self.choose_count)
        view.all_lots_chosen.connect(self.choose_all_lots)
        view.train_requested.connect(self.train)
        view.cancel_requested.connect(self._job.cancel)
        view.accept_requested.connect(self.accept)
        view.closed.connect(self._job.cancel)
        self._read()

    @property
    def state(self) -> FewShotState:
        """What is shown now."""
        return self._state

    def choose_labels(self, chosen: frozenset[str]) -> None:
        """Teach these classes; what was made of others counts no more."""
        self._apply(replace(self._state, chosen=chosen, proposal=None, complaint=""))

    def choose_count(self, count: int) -> None:
        """Take so many images of each class at most."""
        self._apply(replace(self._state, count=count, proposal=None, complaint=""))

    def choose_all_lots(self, all_lots: bool) -> None:
        """Take images of every lot, or of the open one alone."""
        self._state = replace(self._state, all_lots=all_lots)
        self._read()

    def train(self) -> None:
        """Train in the background on what was chosen."""
        state = self._state
        if not state.can_train:
            return
        job = partial(
            train_from_history, self._workspace, state.scope, state.chosen, state.count, self._device
        )
        self._job.start(job)
        self._apply(replace(state, progress=Progress(), proposal=None, complaint=""))

    def accept(self) -> None:
        """Keep the recipe of the new model, which the next detection uses."""
        proposal = self._state.proposal
        if proposal is None:
            return
        try:
            file = keep_recipe(self._workspace, proposal.recipe)
        except UserError as error:
            self._events.user_error.emit(error)
            return
        self._events.changed.emit(RecipesChanged(), self)
        name = f"{proposal.recipe.name}, version {proposal.recipe.version}"
        hint = "Every lot is measured with it from now on; F5 measures the open one again."
        self._events.notice.emit(Message(f"Recipe {name} is in use.", hint, is_error=False, path=file))
        self._view.reject()

    def _read(self) -> None:
        """What the decisions offer now; all of it is chosen."""
        supplies = list_supplies(self._workspace, self._state.scope)
        chosen = frozenset(one.label for one in supplies)
        state = replace(self._state, supplies=supplies, chosen=chosen, proposal=None, complaint="")
        self._view.set_supplies(supply_rows(supplies), chosen)
        self._apply(state)

    def _on_progressed(self, progress: Progress | None) -> None:
        self._apply(replace(self._state, progress=progress))

    def _on_trained(self, proposal: FewShotProposal) -> None:
        self._apply(replace(self._state, proposal=proposal))

    def _on_complained(self, complaint: str) -> None:
        self._apply(replace(self._state, complaint=complaint))

    def _apply(self, state: FewShotState) -> None:
        self._state = state
        view, is_running = self._view, state.progress is not None
        view.set_choice(state.count, all_lots=state.all_lots, has_lot=state.lot_id is not None)
        view.set_progress(progress_text(state.progress), fraction_of(state.progress), is_running=is_running)
        view.set_outcome(outcome_text(state))
        view.set_enabled(
            choose=not is_running,
            train=state.can_train,
            accept=state.proposal is not None and not is_running,
        )
