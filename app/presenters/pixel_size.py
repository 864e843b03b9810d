"""The pixel size dialog: what is known, and what a person says."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal

from app.views.lots.pixel_size_dialog import PixelSizeDialog
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.services.pixel_size import LotPixelSizes, give_pixel_size, list_pixel_sizes, take_pixel_size_back
from core.services.workspace import Workspace

MOST_LINES = 6


class PixelSizePresenter(QObject):
    """Lives as long as its dialog."""

    changed = Signal()

    def __init__(self, workspace: Workspace, lot_id: LotId, view: PixelSizeDialog) -> None:
        super().__init__(view)
        self._workspace, self._lot_id, self._view = workspace, lot_id, view
        view.give_requested.connect(
            lambda nm, how, overrides: self._try(
                lambda: give_pixel_size(workspace, lot_id, nm, how, overrides=overrides)
            )
        )
        view.take_back_requested.connect(lambda: self._try(lambda: take_pixel_size_back(workspace, lot_id)))
        self._show()

    def _show(self) -> None:
        known = list_pixel_sizes(self._workspace, self._lot_id)
        self._view.set_known(tuple(size_lines(known)), is_given=known.given is not None)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except UserError as error:
            self._view.show_problem(str(error))
            return
        self._view.show_problem("")
        self._show()
        self.changed.emit()


def size_lines(known: LotPixelSizes) -> Iterator[str]:
    """How many images have which pixel size, and from where."""
    for size, images in known.counts[:MOST_LINES]:
        counted = f"{images:,} image{'s' * (images != 1)}"
        yield f"{counted}: not known" if size is None else f"{counted}: {size.nm:g} nm ({size.source})"
    if len(known.counts) > MOST_LINES:
        yield f"… and {len(known.counts) - MOST_LINES} more sizes"
