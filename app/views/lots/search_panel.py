"""The field that searches all lots, and what it found."""

from PySide6.QtCore import QAbstractTableModel, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.theme import with_role
from app.views.review.search_field import SearchField
from app.views.shell.record_table import record_table

WIDTHS_PX = {1: 150, 2: 120, 3: 130, 4: 220, 5: 110}
ROW_HEIGHT_PX = 32
HINT = "Search all lots: words, lot: image: class: note: reviewer: recipe: verdict: after: before:"


class SearchPanel(QWidget):
    """Setters and wishes; the results show while there is a search."""

    search_requested = Signal(str)
    cleared = Signal()
    row_chosen = Signal(int)

    def __init__(self, model: QAbstractTableModel) -> None:
        super().__init__()
        self.field = SearchField(HINT)
        self.words = with_role(QLabel(), "muted")
        self.table = record_table(model, WIDTHS_PX, ROW_HEIGHT_PX)
        self.field.returnPressed.connect(self._ask)
        self.field.textChanged.connect(self._give_up)
        self.table.activated.connect(lambda index: self.row_chosen.emit(index.row()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part, stretch in ((self.field, 0), (self.words, 0), (self.table, 1)):
            layout.addWidget(part, stretch)
        self.set_outcome(None, has_hits=False)

    def set_outcome(self, words: str | None, *, has_hits: bool) -> None:
        """What was found, in words; None while nothing is searched for."""
        self.words.setText(words or "")
        self.words.setVisible(words is not None)
        self.table.setVisible(has_hits)
        if has_hits:
            self.table.selectRow(0)
            self.table.setFocus()

    def _give_up(self, text: str) -> None:
        if not text.strip():
            self.cleared.emit()

    def _ask(self) -> None:
        if text := self.field.text().strip():
            self.search_requested.emit(text)
