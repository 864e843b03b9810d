"""The way to the few-shot dialog, on the lot that is open."""

from PySide6.QtCore import Qt

from app.actions import ActionSpec
from app.engine import Engine, Frame
from app.presenters.few_shot import FewShotPresenter
from app.views.few_shot.dialog import FewShotDialog


class FewShotTeaching:
    """Opens the dialog; what is accepted there is the recipe of the next detection."""

    def __init__(self, engine: Engine, frame: Frame) -> None:
        self._engine, self._frame = engine, frame

    @property
    def action(self) -> ActionSpec:
        """What the menu offers."""
        return ActionSpec("run.few_shot", "Few-shot detector…", "Ctrl+Shift+T", self.open, section="Run")

    def open(self) -> None:
        """Show the dialog."""
        view = FewShotDialog(self._frame.window)
        view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        FewShotPresenter(
            self._engine.workspace,
            view,
            self._engine.runner,
            self._engine.events,
            lot_id=self._frame.shell.state.lot_id,
            device=self._engine.operations.device,
            report_failure=self._engine.report_failure,
        )
        view.open()
