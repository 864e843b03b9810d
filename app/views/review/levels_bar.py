"""Window and level: the histogram of native gray values with two handles, and the numbers."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIntValidator, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.theme import Palette
from core.domain.arrays import FloatArray

HEIGHT_PX = 34
GRAY_LIMIT = 2**16


class HistogramStrip(QWidget):
    """The histogram; its two handles can be dragged."""

    levels_dragged = Signal(float, float)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._counts: FloatArray = np.zeros(1, np.float32)
        self._span = (0.0, 1.0)
        self._levels = (0.0, 1.0)
        self._grip = 0
        self.setFixedHeight(HEIGHT_PX)
        self.setMinimumWidth(60)
        self.setToolTip("Gray values of this image. Drag the handles, or Alt+drag in the image.")

    def set_histogram(self, counts: FloatArray, low: float, high: float) -> None:
        """Show pixel counts between two gray values."""
        self._counts = np.log1p(counts)
        self._span = (low, high)
        self.update()

    def set_levels(self, low: float, high: float) -> None:
        """Place the handles."""
        self._levels = (low, high)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw counts (logarithmic), the window and its handles."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._palette.canvas))
        if not self.isEnabled():
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.disabled))
        painter.drawPolygon(self._silhouette())
        low, high = (self._x_of(level) for level in self._levels)
        inside = QColor(self._palette.accent)
        inside.setAlpha(36)
        painter.fillRect(QRectF(low, 0, max(high - low, 1), self.height()), inside)
        painter.setPen(QPen(QColor(self._palette.accent), 2))
        for x in (low, high):
            painter.drawLine(QPointF(x, 2), QPointF(x, self.height() - 2))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the nearer handle."""
        x = event.position().x()
        low, high = (abs(self._x_of(level) - x) for level in self._levels)
        self._grip = 0 if low <= high else 1
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a handle; they cannot cross."""
        level = self._level_at(event.position().x())
        low, high = self._levels
        if self._grip == 0:
            self.levels_dragged.emit(min(level, high - 1), high)
        else:
            self.levels_dragged.emit(low, max(level, low + 1))

    def _silhouette(self) -> QPolygonF:
        peak = max(float(self._counts.max()), 1e-6)
        step = self.width() / self._counts.size
        points = [QPointF(0, self.height())]
        for place, count in enumerate(self._counts):
            y = self.height() - float(count) / peak * (self.height() - 4)
            points += [QPointF(place * step, y), QPointF((place + 1) * step, y)]
        return QPolygonF([*points, QPointF(self.width(), self.height())])

    def _x_of(self, level: float) -> float:
        low, high = self._span
        return min(max((level - low) / (high - low), 0.0), 1.0) * (self.width() - 2) + 1

    def _level_at(self, x: float) -> float:
        low, high = self._span
        return round(low + min(max((x - 1) / (self.width() - 2), 0.0), 1.0) * (high - low))


class LevelsBar(QFrame):
    """Numbers and histogram in one row."""

    levels_edited = Signal(float, float)
    auto_requested = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._shown = (0, 0)
        self.strip = HistogramStrip(palette)
        self.low, self.high = _gray_field("Black at"), _gray_field("White at")
        self.auto = QPushButton("Auto")
        self.auto.setCheckable(True)
        self.auto.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.auto.setToolTip("Each image's own window: percentiles 0.5 to 99.5")
        self.auto.clicked.connect(self.auto_requested)
        self.strip.levels_dragged.connect(self.levels_edited)
        for field in (self.low, self.high):
            field.editingFinished.connect(self._on_typed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.low)
        layout.addWidget(self.strip, 1)
        layout.addWidget(self.high)
        layout.addWidget(self.auto)

    def set_levels(self, low: float, high: float, *, automatic: bool) -> None:
        """Show the window in force."""
        self._shown = (round(low), round(high))
        self.low.setText(str(round(low)))
        self.high.setText(str(round(high)))
        self.strip.set_levels(low, high)
        self.auto.setChecked(automatic)

    def clear(self) -> None:
        """No image: no gray values."""
        self.strip.set_histogram(np.zeros(2, np.float32), 0, 1)
        for field in (self.low, self.high):
            field.clear()

    def _on_typed(self) -> None:
        if not (self.low.hasAcceptableInput() and self.high.hasAcceptableInput()):
            return
        low, high = int(self.low.text()), int(self.high.text())
        if (low, high) == self._shown:
            return  # the field was only left
        self.levels_edited.emit(float(min(low, high - 1)), float(high))


def _gray_field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setValidator(QIntValidator(-GRAY_LIMIT, GRAY_LIMIT, field))
    field.setFixedWidth(62)
    field.setAlignment(Qt.AlignmentFlag.AlignRight)
    field.setAccessibleName(name)
    field.setToolTip(name)
    return field
