"""How many images go from which verdict of A to which of B; a click keeps only those."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.theme import Palette
from core.domain.detections import ModelVerdict
from core.domain.what_if import Move
from core.domain.words import MODEL_WORDS

VERDICTS = tuple(ModelVerdict)
ROW_PX, COLUMN_PX, SIDE_PX = 30, 84, 96


class MovesTable(QTableWidget):
    """Rows are A's verdicts, columns B's."""

    move_chosen = Signal(object)  # Move

    def __init__(self, palette: Palette) -> None:
        super().__init__(len(VERDICTS), len(VERDICTS))
        self._muted, self._text = QColor(palette.disabled), QColor(palette.text)
        self.setVerticalHeaderLabels([MODEL_WORDS[verdict] for verdict in VERDICTS])
        self.setHorizontalHeaderLabels([MODEL_WORDS[verdict] for verdict in VERDICTS])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        for header, size in ((self.horizontalHeader(), COLUMN_PX), (self.verticalHeader(), ROW_PX)):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setDefaultSectionSize(size)
            header.setSectionsClickable(False)
        self.verticalHeader().setFixedWidth(SIDE_PX)
        self.horizontalHeader().setFixedHeight(ROW_PX + 4)
        frame = 2 * self.frameWidth()
        self.setFixedSize(
            SIDE_PX + len(VERDICTS) * COLUMN_PX + frame, ROW_PX * (len(VERDICTS) + 1) + 4 + frame
        )
        self.cellClicked.connect(lambda row, column: self.move_chosen.emit((VERDICTS[row], VERDICTS[column])))

    def set_counts(self, counts: Mapping[Move, int], kept: Move | None) -> None:
        """Show the counts, and which of them the gallery is about."""
        for row, before in enumerate(VERDICTS):
            for column, after in enumerate(VERDICTS):
                cell = QTableWidgetItem(f"{counts.get((before, after), 0):,}")
                cell.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                is_flip = before is not after and (before, after) in counts
                cell.setForeground(self._text if is_flip else self._muted)
                flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
                cell.setFlags(flags if is_flip else Qt.ItemFlag.NoItemFlags)
                self.setItem(row, column, cell)
                cell.setSelected((before, after) == kept)
