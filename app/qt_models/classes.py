"""The class table as rows."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from core.domain.decisions import Killer
from core.domain.ids import ClassId
from core.services.classes import ClassRow

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
KILLER_WORDS = {Killer.YES: "Yes", Killer.NO: "No", Killer.UNKNOWN: "–"}


class ClassColumn(IntEnum):
    """Columns, left to right."""

    NAME = 0
    CODE = 1
    KEY = 2
    KILLER = 3
    IMAGES = 4
    ORIGIN = 5


TITLES = ("Class", "Code", "Key", "Killer", "Images", "Origin")
_NUMBERS = (ClassColumn.CODE, ClassColumn.KEY, ClassColumn.IMAGES)


class ClassesModel(QAbstractTableModel):
    """Rows are frozen ClassRow records."""

    def __init__(self, muted: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ClassRow, ...] = ()
        self._muted = QColor(muted)

    def set_rows(self, rows: Sequence[ClassRow]) -> None:
        """Show these; a cursor stays where it is when only figures changed."""
        if [row.known.id for row in rows] == [row.known.id for row in self._rows]:
            self._rows = tuple(rows)
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(ClassColumn) - 1))
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def row_at(self, row: int) -> ClassRow:
        """The class of a row."""
        return self._rows[row]

    def row_of(self, class_id: ClassId | None) -> int | None:
        """The row of a class, if it is listed."""
        return next((row for row, each in enumerate(self._rows) if each.known.id == class_id), None)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Classes listed."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        """Fixed."""
        return 0 if parent.isValid() else len(ClassColumn)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, the class's colour beside its name, retired classes in grey."""
        row, column = self._rows[index.row()], ClassColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column)
        if role == Qt.ItemDataRole.DecorationRole and column is ClassColumn.NAME:
            return QColor(row.known.color)
        if role == Qt.ItemDataRole.ForegroundRole and row.known.retired:
            return self._muted
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and column is ClassColumn.NAME:
            return f"{row.known.name}  (id {row.known.id})\n{row.known.description}".strip()
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles; those of numbers stand right, as the numbers do."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = ClassColumn(section) in _NUMBERS
            return (
                Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            ) | Qt.AlignmentFlag.AlignVCenter
        return None


def _text(row: ClassRow, column: ClassColumn) -> str:
    known = row.known
    return {
        ClassColumn.NAME: f"{known.name}  (retired)" if known.retired else known.name,
        ClassColumn.CODE: "–" if known.code is None else str(known.code),
        ClassColumn.KEY: "–" if known.slot is None else str(known.slot),
        ClassColumn.KILLER: KILLER_WORDS[known.killer],
        ClassColumn.IMAGES: f"{row.usage.image_count:,}",
        ClassColumn.ORIGIN: f"found in {row.birth.lot_name}" if row.birth else "made by hand",
    }[column]
