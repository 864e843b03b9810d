"""The way to the disposition of the lot that is open."""

from PySide6.QtCore import Qt

from app.actions import ActionSpec
from app.engine import Engine, Frame
from app.events import DispositionsChanged
from app.presenters.dispositions import DispositionPresenter
from app.views.lots.disposition_dialog import DispositionDialog
from core.domain.words import DISPOSITION_WORDS


class DispositionSetting:
    """Opens the dialog."""

    def __init__(self, engine: Engine, frame: Frame) -> None:
        self._engine, self._frame = engine, frame

    @property
    def action(self) -> ActionSpec:
        """What the menu offers, where a lot is open."""
        return ActionSpec(
            "lot.disposition", "Disposition…", "", self.open, lambda: self._frame.has_lot, section="Edit"
        )

    def open(self) -> None:
        """Show the dialog."""
        state = self._frame.shell.state
        if state.lot_id is None:
            return
        view = DispositionDialog(state.lot_name, DISPOSITION_WORDS, self._frame.window)
        view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        presenter = DispositionPresenter(self._engine.workspace, state.lot_id, view)
        changed = DispositionsChanged(state.lot_id)
        presenter.signed.connect(lambda: self._engine.events.changed.emit(changed, presenter))
        view.open()
