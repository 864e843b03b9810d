"""The way to the thresholds dialog, on the lot that is open."""

from functools import partial

from PySide6.QtCore import Qt

from app.actions import ActionSpec
from app.crash_dialog import CrashReporter
from app.events import Events
from app.job_runner import JobRunner
from app.main_window import MainWindow
from app.operations import Operations
from app.presenters.shell import ShellPresenter
from app.presenters.thresholds.presenter import ThresholdsPresenter
from app.theme import Palette
from app.views.shell import dialogs
from app.views.thresholds.dialog import ThresholdsDialog
from core.services.workspace import Workspace


class ThresholdSetting:
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
        palette: Palette,
    ) -> None:
        self._workspace, self._window, self._shell, self._operations = workspace, window, shell, operations
        self._runner, self._events, self._crashes, self._palette = runner, events, crashes, palette

    @property
    def action(self) -> ActionSpec:
        """What the menu offers."""
        return ActionSpec("run.thresholds", "Thresholds…", "Ctrl+T", self.open, section="Run")

    def open(self) -> None:
        """Show the dialog."""
        view = ThresholdsDialog(self._palette, self._window)
        view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        state = self._shell.state
        ThresholdsPresenter(
            self._workspace,
            view,
            self._runner,
            self._events,
            lot=(state.lot_id, state.lot_name),
            device=self._operations.device,
            ask_folder=partial(dialogs.ask_folder, view, "Folder of defect-free images"),
            report_failure=self._crashes.report,
        )
        view.open()
