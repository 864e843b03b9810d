"""The decisions on an image, one line each."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from app.theme import Palette

ROWS = 3
MARGIN_X_PX, MARGIN_Y_PX, FRAME_PX = 7, 4, 2


class HistoryList(QListWidget):
    """Newest first; what does not fit into a line stands in its tip, what does not fit into the box is scrolled."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._color = QColor(palette.muted)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setViewportMargins(MARGIN_X_PX, MARGIN_Y_PX, 0, MARGIN_Y_PX)
        self._row = QSize(1, QFontMetrics(self.font()).height() + 2)
        self.setFixedHeight(ROWS * self._row.height() + 2 * MARGIN_Y_PX + FRAME_PX)

    def set_lines(self, lines: Sequence[str]) -> None:
        """Show these."""
        self.clear()
        for line in lines or ("No decision yet.",):
            row = QListWidgetItem(line, self)
            row.setForeground(self._color)
            row.setSizeHint(self._row)
            row.setToolTip(line)
