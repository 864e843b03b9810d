"""The bars of the Pareto as rows."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.views.wafer.pareto_list import BAR_ROLE, ParetoRow

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class ParetoModel(QAbstractListModel):
    """Rows are frozen ParetoRow records, the longest bar first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ParetoRow, ...] = ()

    @property
    def rows(self) -> tuple[ParetoRow, ...]:
        """What is shown."""
        return self._rows

    def set_rows(self, rows: Sequence[ParetoRow]) -> None:
        """Show these."""
        if tuple(rows) == self._rows:
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Bars."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row, and its words for whoever reads the screen aloud."""
        row = self._rows[index.row()]
        if role == BAR_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{row.name}, {row.value_text}, {row.share:.0%}"
        return row.tip if role == Qt.ItemDataRole.ToolTipRole else None
