"""A list as a grid of some columns: 100,000 pictures in rows that are never laid out."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class GridModel(QAbstractTableModel):
    """Cells, row by row, are the rows of a list; those after the last are empty."""

    def __init__(self, source: QAbstractListModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source, self._columns = source, 1
        for begin in (
            source.modelAboutToBeReset,
            source.rowsAboutToBeInserted,
            source.rowsAboutToBeRemoved,
            source.layoutAboutToBeChanged,
        ):
            begin.connect(lambda *_: self.beginResetModel())
        for end in (source.modelReset, source.rowsInserted, source.rowsRemoved, source.layoutChanged):
            end.connect(lambda *_: self.endResetModel())
        source.dataChanged.connect(self._pass_on)

    @property
    def item_count(self) -> int:
        """Rows of the list."""
        return self._source.rowCount()

    def set_columns(self, columns: int) -> None:
        """Pictures side by side."""
        if columns != self._columns:
            self.beginResetModel()
            self._columns = columns
            self.endResetModel()

    def place(self, index: Index) -> int | None:
        """Which row of the list a cell shows; None where it is empty."""
        place = index.row() * self._columns + index.column()
        return place if index.isValid() and place < self._source.rowCount() else None

    def cell(self, place: int) -> QModelIndex:
        """The cell of a row of the list."""
        return self.index(place // self._columns, place % self._columns)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Rows of the grid."""
        return 0 if parent.isValid() else -(-self._source.rowCount() // self._columns)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Columns of the grid."""
        return 0 if parent.isValid() else self._columns

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What the list says of it."""
        place = self.place(index)
        return None if place is None else self._source.index(place, 0).data(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Empty cells cannot be chosen."""
        if self.place(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _pass_on(self, first: QModelIndex, last: QModelIndex) -> None:
        for row in range(first.row(), last.row() + 1):
            cell = self.cell(row)
            self.dataChanged.emit(cell, cell)
