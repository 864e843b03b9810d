"""The recent lots as a table."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.views.lots.formats import moment_text, place_text
from core.domain.ids import LotId
from core.domain.review import LotSummary

SUMMARY_ROLE = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class LotColumn(IntEnum):
    """Columns, left to right."""

    LOT = 0
    OPENED = 1
    IMAGES = 2
    FAILED = 3
    FLAGGED = 4
    DECIDED = 5


TITLES = ("Lot", "Opened", "Images", "Unreadable", "Flagged", "Decided")
_COUNTS: dict[LotColumn, Callable[[LotSummary], int]] = {
    LotColumn.IMAGES: lambda lot: lot.images,
    LotColumn.FAILED: lambda lot: lot.failed,
    LotColumn.FLAGGED: lambda lot: lot.flagged,
}


class LotsModel(QAbstractTableModel):
    """Rows are frozen LotSummary records; delegates read them under SUMMARY_ROLE."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lots: tuple[LotSummary, ...] = ()

    def set_lots(self, lots: Sequence[LotSummary]) -> None:
        """Show these lots; rows stay where they are when only their figures changed."""
        if [lot.id for lot in lots] == [lot.id for lot in self._lots]:
            self._lots = tuple(lots)
            if lots:
                self.dataChanged.emit(self.index(0, 0), self.index(len(lots) - 1, len(LotColumn) - 1))
            return
        self.beginResetModel()
        self._lots = tuple(lots)
        self.endResetModel()

    def lot_at(self, row: int) -> LotSummary:
        """The lot of a row."""
        return self._lots[row]

    def row_of(self, lot_id: LotId) -> int | None:
        """The row of a lot, if it is listed."""
        return next((row for row, lot in enumerate(self._lots) if lot.id == lot_id), None)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Lots listed."""
        return 0 if parent.isValid() else len(self._lots)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Fixed."""
        return 0 if parent.isValid() else len(LotColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text for the plain columns, the record itself for delegates."""
        lot, column = self._lots[index.row()], LotColumn(index.column())
        if role == SUMMARY_ROLE:
            return lot
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(lot, column)
        if role == Qt.ItemDataRole.ToolTipRole and column is LotColumn.LOT:
            return str(lot.source)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _COUNTS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles; those of counts stand right, as the counts do."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight if LotColumn(section) in _COUNTS else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


def _text(lot: LotSummary, column: LotColumn) -> str:
    if column is LotColumn.LOT:
        return f"{lot.name}\n{place_text(lot.source, Path.home())}"
    if column is LotColumn.OPENED:
        return moment_text(lot.opened_at_utc, datetime.now(UTC))
    if column is LotColumn.DECIDED:
        return f"{lot.decided:,} of {lot.images:,}"
    if column is LotColumn.FLAGGED and lot.detected == 0:
        return "–"  # not measured is not zero
    return f"{_COUNTS[column](lot):,}"
