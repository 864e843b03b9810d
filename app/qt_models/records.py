"""What every table of frozen records does alike: replacing rows, counting them, and the header."""

from collections.abc import Container, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()

R = TypeVar("R")


class RecordsModel(QAbstractTableModel, Generic[R]):
    """A frozen record a row; a subclass says what its cells show and what identifies a record.

    Args:
        titles: of the columns.
        numbers: columns whose cells and title stand right.
    """

    def __init__(self, titles: Sequence[str], numbers: Container[int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles, self._numbers = titles, numbers
        self.records: tuple[R, ...] = ()

    def identity(self, record: R) -> Hashable:
        """What stays the same when only a record's figures change."""
        raise NotImplementedError  # Qt's metaclass leaves no room for abc

    def replace_records(self, records: Sequence[R]) -> None:
        """Show these; a cursor stays where it is when only figures changed."""
        kept = [self.identity(one) for one in records] == [self.identity(one) for one in self.records]
        if kept:
            self.records = tuple(records)
            if records:
                last = self.index(len(records) - 1, len(self._titles) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.records = tuple(records)
        self.endResetModel()

    def row_of(self, identity: Hashable) -> int | None:
        """The row of a record, if it is listed."""
        return next((row for row, one in enumerate(self.records) if self.identity(one) == identity), None)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Records listed."""
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Fixed."""
        return 0 if parent.isValid() else len(self._titles)

    def side_of(self, column: int) -> Qt.AlignmentFlag:
        """Numbers stand right, and so do their titles."""
        side = Qt.AlignmentFlag.AlignRight if column in self._numbers else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return self.side_of(section) if role == Qt.ItemDataRole.TextAlignmentRole else None
