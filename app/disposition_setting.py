"""The way to the disposition of the lot that is open."""

from PySide6.QtCore import Qt

from app.actions import ActionSpec
from app.main_window import MainWindow
from app.presenters.dispositions import DispositionPresenter
from app.presenters.shell import ShellPresenter
from app.views.lots.disposition_dialog import DispositionDialog
from core.domain.words import DISPOSITION_WORDS
from core.services.workspace import Workspace


class DispositionSetting:
    """Opens the dialog."""

    def __init__(self, workspace: Workspace, window: MainWindow, shell: ShellPresenter) -> None:
        self._workspace, self._window, self._shell = workspace, window, shell

    @property
    def action(self) -> ActionSpec:
        """What the menu offers, where a lot is open."""
        return ActionSpec(
            "lot.disposition",
            "Disposition…",
            "",
            self.open,
            lambda: self._shell.state.lot_id is not None,
            section="Edit",
        )

    def open(self) -> None:
        """Show the dialog."""
        state = self._shell.state
        if state.lot_id is None:
            return
        view = DispositionDialog(state.lot_name, DISPOSITION_WORDS, self._window)
        view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        DispositionPresenter(self._workspace, state.lot_id, view)
        view.open()
