"""A figure with its interval, and the formula that it stands for."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.theme import Palette, with_role

BAR_HEIGHT_PX = 14
GROOVE_PX, TICK_PX = 4, 3
Interval = tuple[float, float, float]
"""Low end, estimate and high end, each from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a card says.

    Attributes:
        value: "80.0 %", or that it is not measured.
        interval: None where it is not measured.
        detail: the interval and the counts in words, or why it is not measured.
        formula: what was divided by what.
    """

    name: str
    value: str
    interval: Interval | None
    detail: str
    formula: str


class IntervalBar(QWidget):
    """0 to 100 % from left to right: the interval as a band, the estimate as a tick; an empty groove else."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.interval: Interval | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_interval(self, interval: Interval | None) -> None:
        """Show another one."""
        self.interval = interval
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, BAR_HEIGHT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Groove, band and tick."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            self._fill(painter, (0.0, 1.0), GROOVE_PX, self._palette.border)
            if self.interval is None:
                return
            low, estimate, high = self.interval
            self._fill(painter, (low, high), 2 * GROOVE_PX, self._palette.accent)
            half = TICK_PX / 2 / max(1, self.width())
            self._fill(painter, (estimate - half, estimate + half), BAR_HEIGHT_PX, self._palette.text)

    def _fill(self, painter: QPainter, ends: tuple[float, float], height: int, color: str) -> None:
        left = min(max(0.0, ends[0] * self.width()), self.width() - TICK_PX)
        right = max(left + TICK_PX, min(self.width(), ends[1] * self.width()))
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(QRectF(left, (self.height() - height) / 2, right - left, height), 2, 2)


class FigureCard(QFrame):
    """One figure."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        with_role(self, "panel")
        self._name = with_role(QLabel(), "section")
        self.value = QLabel()
        self.bar = IntervalBar(palette)
        self.detail = with_role(QLabel(wordWrap=True), "muted")
        self._formula = with_role(QLabel(wordWrap=True), "muted")
        self._palette = palette
        for label in (self.detail, self._formula):
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(4)
        for part in (self._name, self.value, self.bar, self.detail, self._formula):
            layout.addWidget(part)
        layout.addStretch(1)

    def set_figure(self, figure: Figure) -> None:
        """Show this."""
        is_measured = figure.interval is not None
        self._name.setText(figure.name)
        self.value.setText(figure.value)
        color = self._palette.text if is_measured else self._palette.muted
        size = "17pt; font-weight: 600" if is_measured else "12pt"
        self.value.setStyleSheet(f"color: {color}; font-size: {size};")
        self.bar.set_interval(figure.interval)
        self.detail.setText(figure.detail)
        self._formula.setText(figure.formula)
        self.setToolTip(f"{figure.name} = {figure.formula}")
