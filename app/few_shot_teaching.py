"""The way to the few-shot dialog, on the lot that is open."""

from PySide6.QtCore import Qt

from app.actions import ActionSpec
from app.crash_dialog import CrashReporter
from app.events import Events
from app.job_runner import JobRunner
from app.main_window import MainWindow
from app.operations import Operations
from app.presenters.few_shot import FewShotPresenter
from app.presenters.shell import ShellPresenter
from app.views.few_shot.dialog import FewShotDialog
from core.services.workspace import Workspace


class FewShotTeaching:
    """Opens the dialog; what is accepted there is the recipe of the next detection."""

    def __init__(
        self,
        workspace: Workspace,
        window: MainWindow,
        shell: ShellPresenter,
        operations: Operations,
        runner: JobRunner,
        events: Events,
        crashes: CrashReporter,
    ) -> None:
        self._workspace, self._window, self._shell, self._operations = workspace, window, shell, operations
        self._runner, self._events, self._crashes = runner, events, crashes

    @property
    def action(self) -> ActionSpec:
        """What the menu offers."""
        return ActionSpec("run.few_shot", "Few-shot detector…", "Ctrl+Shift+T", self.open, section="Run")

    def open(self) -> None:
        """Show the dialog."""
        view = FewShotDialog(self._window)
        view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        FewShotPresenter(
            self._workspace,
            view,
            self._runner,
            self._events,
            lot_id=self._shell.state.lot_id,
            device=self._operations.device,
            report_failure=self._crashes.report,
        )
        view.open()
