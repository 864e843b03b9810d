"""Tables of counts and shares: nothing in them is edited."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from app.theme import Palette

ROW_PX, TALL_ROW_PX = 30, 44
NARROWEST_PX, WIDEST_PX, FIRST_PX = 92, 190, 170
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
STRONGEST = 110
"""Opacity of a cell that holds its whole row."""


class FigureTable(QTableWidget):
    """Text cells; the first column names the row."""

    def __init__(self, row_px: int = ROW_PX) -> None:
        super().__init__(0, 0)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_px)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(NARROWEST_PX)

    def set_lines(self, head: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
        """Show these lines."""
        self.clear()
        self.setColumnCount(len(head))
        self.setRowCount(len(lines))
        self.setHorizontalHeaderLabels(list(head))
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                cell = QTableWidgetItem(text)
                if column:
                    cell.setTextAlignment(RIGHT)
                self.setItem(row, column, cell)
        self._stretch(len(head))
        self.setMaximumWidth(FIRST_PX + WIDEST_PX * len(head))

    def _stretch(self, columns: int) -> None:
        header = self.horizontalHeader()
        for column in range(columns):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setTextAlignment(RIGHT if column else LEFT)
        if columns:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(0, FIRST_PX)


class ConfusionTable(FigureTable):
    """What reviewers said (rows) by what the machine said (columns); the fuller a cell, the stronger its ground."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(TALL_ROW_PX)
        self._ground = QColor(palette.accent)
        self.setItemDelegate(_GroundDelegate(self))

    def set_confusion(
        self,
        head: Sequence[str],
        lines: Sequence[Sequence[str]],
        shares: Sequence[Sequence[float | None]],
    ) -> None:
        """Show counts with their intervals.

        Args:
            head, lines: as they are written, the row's name first and its sum last.
            shares: of each row, without name and sum; None where the row is empty.
        """
        self.set_lines(head, lines)
        for row, line in enumerate(shares):
            for column, share in enumerate(line, start=1):
                cell = self.item(row, column)
                if share and cell is not None:
                    ground = QColor(self._ground)
                    ground.setAlpha(round(STRONGEST * share))
                    cell.setBackground(ground)


class _GroundDelegate(QStyledItemDelegate):
    """Paints the ground that a style sheet would leave out."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if isinstance(ground, QBrush):
            painter.fillRect(option.rect, ground)
        super().paint(painter, option, index)
