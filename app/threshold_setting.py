"""The way to the thresholds dialog, on the lot that is open."""

from functools import partial

from PySide6.QtCore import Qt

from app.actions import ActionSpec
from app.engine import Engine, Frame
from app.presenters.thresholds.presenter import ThresholdsPresenter
from app.views.shell import dialogs
from app.views.thresholds.dialog import ThresholdsDialog


class ThresholdSetting:
    """Opens the dialog; what is accepted there is the recipe of the next detection."""

    def __init__(self, engine: Engine, frame: Frame) -> None:
        self._engine, self._frame = engine, frame

    @property
    def action(self) -> ActionSpec:
        """What the menu offers."""
        return ActionSpec("run.thresholds", "Thresholds…", "Ctrl+T", self.open, section="Run")

    def open(self) -> None:
        """Show the dialog."""
        view = ThresholdsDialog(self._engine.palette, self._frame.window)
        view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        state = self._frame.shell.state
        ThresholdsPresenter(
            self._engine.workspace,
            view,
            self._engine.runner,
            self._engine.events,
            lot=(state.lot_id, state.lot_name),
            device=self._engine.operations.device,
            ask_folder=partial(dialogs.ask_folder, view, "Folder of defect-free images"),
            report_failure=self._engine.report_failure,
        )
        view.open()
