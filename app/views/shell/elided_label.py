"""A label that gives way: a long file name must never decide how wide the window is."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

NARROWEST_PX = 40


class ElidedLabel(QLabel):
    """One line; what does not fit is cut in the middle and stands in the tip."""

    def minimumSizeHint(self) -> QSize:
        """Almost nothing."""
        natural = super().minimumSizeHint()
        return QSize(min(NARROWEST_PX, natural.width()), natural.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        del event
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, area.width())
        self.setToolTip("" if shown == self.text() else self.text())
        painter = QPainter(self)
        role, flags = self.foregroundRole(), int(self.alignment())
        self.style().drawItemText(painter, area, flags, self.palette(), self.isEnabled(), shown, role)
        painter.end()
