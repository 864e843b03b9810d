"""The lots screen: which lots there are, and which one the user wants."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from app.events import Events, ImagesDetected
from app.qt_models.lots import LotsModel
from app.views.lots.view import LotsView
from core.domain.ids import LotId
from core.domain.review import LotSummary
from core.services.klarf.lots import is_klarf_source

Source = Path | tuple[Path, ...]


def split_sources(paths: Sequence[Path]) -> tuple[Source, ...]:
    """What a drop means: each folder, manifest and KLARF is a lot, loose images together are one more."""
    alone = [
        path for path in paths if path.is_dir() or path.suffix.lower() == ".csv" or is_klarf_source(path)
    ]
    loose = tuple(path for path in paths if path not in alone)
    return (*alone, *((loose[0],) if len(loose) == 1 else (loose,) if loose else ()))


class LotsPresenter(QObject):
    """Reads the lots when somebody looks at them."""

    def __init__(
        self,
        read_lots: Callable[[], tuple[LotSummary, ...]],
        open_source: Callable[[Source], object],
        events: Events,
        view: LotsView,
        model: LotsModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._read_lots, self._open_source = read_lots, open_source
        self._events, self._view, self._model = events, view, model
        self._stale = True
        self._last: LotId | None = None
        view.shown.connect(self._refresh)
        view.row_chosen.connect(lambda row: events.lot_requested.emit(model.lot_at(row).id))
        view.paths_dropped.connect(self.open_paths)
        events.changed.connect(self._on_changed)
        events.lot_requested.connect(self._on_lot_requested)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open what was dropped."""
        for source in split_sources(paths):
            self._open_source(source)

    def _on_lot_requested(self, lot_id: int) -> None:
        self._last = LotId(lot_id)

    def _on_changed(self, change: object, _initiator: object) -> None:
        if isinstance(change, ImagesDetected):
            return  # dozens a second; the figures are read once at the end of the run
        self._stale = True
        if self._view.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        if not self._stale:
            return
        lots = self._read_lots()
        self._stale = False
        self._model.set_lots(lots)
        self._view.set_empty(not lots)
        row = None if self._last is None else self._model.row_of(self._last)
        if lots:
            self._view.select_row(row or 0)
