"""The colour bar: the one fixed scale of all maps of a kind, with its numbers."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QLinearGradient, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.theme import Palette

BAR_PX, WIDTH_PX = 12, 50
END_PX = 9  # half a line of text beyond both ends
LEAST_STEP_PX = 44
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0)  # of the whole scale
STOPS = 33


class ColorBar(pg.GraphicsWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Low at the foot, high at the head."""

    def __init__(self, color_map: str, map_range: tuple[float, float], palette: Palette) -> None:
        super().__init__()
        self._colors = pg.colormap.get(color_map)
        self._range, self._palette = map_range, palette
        self.setMinimumWidth(WIDTH_PX)
        self.setMaximumWidth(WIDTH_PX)

    def set_range(self, value_range: tuple[float, float]) -> None:
        """Other values at the two ends."""
        if value_range != self._range:
            self._range = value_range
            self.update()

    def numbers(self) -> list[float]:
        """The values that are written, as dense as the height allows."""
        low, high = self._range
        room = (self.height() - 2 * END_PX) / LEAST_STEP_PX
        step = next((step for step in STEPS if 1 / step <= room), 1.0)
        return [float(value) for value in np.arange(low, high + 1e-9, step * (high - low))]

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Draw the gradient and the numbers."""
        bar = QRectF(0, END_PX, BAR_PX, self.height() - 2 * END_PX)
        painter.fillRect(bar, self._gradient(bar))
        painter.setPen(QColor(self._palette.border))
        painter.drawRect(bar)
        font = QFont(painter.font())
        font.setPointSizeF(9)
        painter.setFont(font)
        painter.setPen(QColor(self._palette.muted))
        low, high = self._range
        for value in self.numbers():
            y = bar.bottom() - (value - low) / (high - low) * bar.height()
            painter.drawLine(round(bar.right()), round(y), round(bar.right()) + 3, round(y))
            words = QRectF(bar.right() + 7, y - END_PX, WIDTH_PX - BAR_PX - 7, 2 * END_PX)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, f"{value:.3g}")

    def _gradient(self, bar: QRectF) -> QLinearGradient:
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        for share in np.linspace(0, 1, STOPS):
            gradient.setColorAt(float(share), self._colors.map(float(share), mode="qcolor"))
        return gradient
