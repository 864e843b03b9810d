"""The class table as rows."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from app.qt_models.records import Index, RecordsModel
from core.domain.decisions import Killer
from core.domain.ids import ClassId
from core.services.classes.managing import ClassRow

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


class ClassesModel(RecordsModel[ClassRow]):
    """Rows are frozen ClassRow records."""

    def __init__(self, muted: str, parent: QObject | None = None) -> None:
        super().__init__(TITLES, _NUMBERS, parent)
        self._muted = QColor(muted)

    def identity(self, record: ClassRow) -> ClassId:
        """The class's id."""
        return record.known.id

    def set_rows(self, rows: Sequence[ClassRow]) -> None:
        """Show these."""
        self.replace_records(rows)

    def row_at(self, row: int) -> ClassRow:
        """The class of a row."""
        return self.records[row]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, the class's colour beside its name, retired classes in grey."""
        row, column = self.records[index.row()], ClassColumn(index.column())
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
