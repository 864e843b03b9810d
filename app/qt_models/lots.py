"""The recent lots as a table."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt

from app.qt_models.records import Index, RecordsModel
from app.views.lots.formats import disposition_text, disposition_tip, moment_text, place_text
from core.domain.ids import LotId
from core.domain.review import LotSummary

SUMMARY_ROLE = int(Qt.ItemDataRole.UserRole)


class LotColumn(IntEnum):
    """Columns, left to right."""

    LOT = 0
    OPENED = 1
    IMAGES = 2
    FAILED = 3
    FLAGGED = 4
    DECIDED = 5
    DISPOSITION = 6


TITLES = ("Lot", "Opened", "Images", "Unreadable", "Flagged", "Decided", "Disposition")
_COUNTS: dict[LotColumn, Callable[[LotSummary], int]] = {
    LotColumn.IMAGES: lambda lot: lot.images,
    LotColumn.FAILED: lambda lot: lot.failed,
    LotColumn.FLAGGED: lambda lot: lot.flagged,
}


class LotsModel(RecordsModel[LotSummary]):
    """Rows are frozen LotSummary records; delegates read them under SUMMARY_ROLE."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(TITLES, _COUNTS, parent)

    def identity(self, record: LotSummary) -> LotId:
        """The lot's id."""
        return record.id

    def set_lots(self, lots: Sequence[LotSummary]) -> None:
        """Show these lots."""
        self.replace_records(lots)

    def lot_at(self, row: int) -> LotSummary:
        """The lot of a row."""
        return self.records[row]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text for the plain columns, the record itself for delegates."""
        lot, column = self.records[index.row()], LotColumn(index.column())
        if role == SUMMARY_ROLE:
            return lot
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(lot, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return {LotColumn.LOT: str(lot.source), LotColumn.DISPOSITION: _tip(lot)}.get(column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _COUNTS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


def _text(lot: LotSummary, column: LotColumn) -> str:
    if column is LotColumn.LOT:
        return f"{lot.name}\n{place_text(lot.source, Path.home())}"
    if column is LotColumn.OPENED:
        return moment_text(lot.opened_at_utc, datetime.now(UTC))
    if column is LotColumn.DECIDED:
        return f"{lot.decided:,} of {lot.images:,}"
    if column is LotColumn.DISPOSITION:
        return disposition_text(lot.disposition)
    if column is LotColumn.FLAGGED and lot.detected == 0:
        return "–"  # not measured is not zero
    return f"{_COUNTS[column](lot):,}"


def _tip(lot: LotSummary) -> str | None:
    return None if lot.disposition is None else disposition_tip(lot.disposition)
