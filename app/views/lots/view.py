"""The lots screen: a place to drop images, and the lots that were opened before."""

from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.theme import Palette, with_role
from app.views.lots.delegates import ROW_HEIGHT_PX, DecidedDelegate, TwoLinesDelegate
from app.views.lots.drop_zone import DropZone
from app.views.lots.search_panel import SearchPanel
from app.views.lots.steps import Steps
from app.views.shell.record_table import record_table

WIDTHS_PX = {1: 150, 2: 84, 3: 108, 4: 84, 5: 160, 6: 170}


class LotsView(QWidget):
    """Setters and wishes, no logic."""

    paths_dropped = Signal(object)  # tuple[Path, ...]
    folder_requested = Signal()
    files_requested = Signal()
    manifest_requested = Signal()
    demo_requested = Signal()
    row_chosen = Signal(int)
    shown = Signal()

    def __init__(self, model: QAbstractTableModel, summary_role: int, palette: Palette) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._zone = DropZone(palette)
        self._zone.folder_requested.connect(self.folder_requested)
        self._zone.files_requested.connect(self.files_requested)
        self._zone.manifest_requested.connect(self.manifest_requested)
        self._zone.demo_requested.connect(self.demo_requested)
        self._how = Steps()
        self._search: SearchPanel | None = None
        self._is_searching = False
        self._recent = with_role(QLabel("Recent lots"), "heading")
        self.table = record_table(model, WIDTHS_PX, ROW_HEIGHT_PX)
        for column in (0, 6):
            self.table.setItemDelegateForColumn(column, TwoLinesDelegate(palette, self.table))
        self.table.setItemDelegateForColumn(5, DecidedDelegate(palette, summary_role, self.table))
        self.table.activated.connect(lambda index: self.row_chosen.emit(index.row()))
        self._layout = QVBoxLayout(self)
        self._lay_out()
        self.set_empty(True)

    def set_empty(self, empty: bool) -> None:
        """Explain what to do, or show the lots."""
        self._zone.set_large(empty)
        self._how.setVisible(empty)
        self._recent.setVisible(not empty and not self._is_searching)
        self.table.setVisible(not empty and not self._is_searching)
        if self._search is not None:
            self._search.setVisible(not empty)
        if self.isVisible():
            self._focus_first()

    def add_search(self, panel: SearchPanel) -> None:
        """Put the search of all lots above the recent ones."""
        self._search = panel
        panel.setVisible(not self._recent.isHidden())
        self._layout.insertWidget(self._layout.indexOf(self._recent), panel)

    def set_searching(self, on: bool) -> None:
        """Show what was found in the place of the recent lots."""
        self._is_searching = on
        self._recent.setVisible(not on)
        self.table.setVisible(not on)
        if self._search is not None:
            self._layout.setStretchFactor(self._search, int(on))

    def select_row(self, row: int) -> None:
        """Put the cursor on a lot."""
        self.table.selectRow(row)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept what lies on this machine."""
        if _local_paths(event):
            event.acceptProposedAction()
            self._zone.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Nothing is held any more."""
        self._zone.set_hot(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand over what was dropped."""
        self._zone.set_hot(False)
        event.acceptProposedAction()
        self.paths_dropped.emit(_local_paths(event))

    def showEvent(self, event: QShowEvent) -> None:
        """Say that figures are looked at; then the keys are where they are wanted."""
        super().showEvent(event)
        self.shown.emit()
        self._focus_first()

    def _focus_first(self) -> None:
        if self.table.isVisible():
            self.table.setFocus()
        else:
            self._zone.focus_first()

    def _lay_out(self) -> None:
        layout = self._layout
        layout.setContentsMargins(28, 20, 28, 16)
        layout.setSpacing(14)
        layout.addWidget(with_role(QLabel("Lots"), "title"))
        layout.addWidget(self._zone)
        layout.addWidget(self._how)
        layout.addWidget(self._recent)
        layout.addWidget(self.table, 1)


def _local_paths(event: QDropEvent) -> tuple[Path, ...]:
    return tuple(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
