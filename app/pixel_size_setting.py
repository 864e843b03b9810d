"""The way to the pixel size of the lot that is open."""

from collections.abc import Callable

from PySide6.QtCore import Qt

from app.actions import ActionSpec
from app.engine import Engine, Frame
from app.events import LotChanged
from app.presenters.pixel_size import PixelSizePresenter
from app.views.lots.pixel_size_dialog import PixelSizeDialog
from core.services.pixel_size import LARGEST_NM, SMALLEST_NM


class PixelSizeSetting:
    """Opens the dialog.

    Args:
        measured_px: length of the measured line on the picture; None where there is none.
    """

    def __init__(self, engine: Engine, frame: Frame, measured_px: Callable[[], float | None]) -> None:
        self._engine, self._frame, self._measured_px = engine, frame, measured_px

    @property
    def action(self) -> ActionSpec:
        """What the menu offers, where a lot is open."""
        return ActionSpec(
            "lot.pixel_size", "Pixel size…", "", self.open, lambda: self._frame.has_lot, section="Edit"
        )

    def open(self) -> None:
        """Show the dialog."""
        state = self._frame.shell.state
        if state.lot_id is None:
            return
        view = PixelSizeDialog(state.lot_name, (SMALLEST_NM, LARGEST_NM), self._frame.window)
        view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        presenter = PixelSizePresenter(self._engine.workspace, state.lot_id, view)
        changed = LotChanged(state.lot_id)
        presenter.changed.connect(lambda: self._engine.events.changed.emit(changed, presenter))
        view.set_line(self._measured_px())
        view.open()
