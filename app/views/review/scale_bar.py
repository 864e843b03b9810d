"""A scale bar of a round length, as long as the zoom allows."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.theme import Palette
from app.views.review.words import size_text

LONGEST_SHARE = 0.3
HEIGHT_PX = 34
INSET_PX = 12


def round_length(longest: float) -> float:
    """The largest 1, 2 or 5 × 10ⁿ that is not longer.

    >>> round_length(73.0), round_length(480.0), round_length(1200.0)
    (50.0, 200.0, 1000.0)
    """
    decade = 10.0 ** math.floor(math.log10(longest))
    return max(step * decade for step in (1.0, 2.0, 5.0) if step * decade <= longest * (1 + 1e-9))


class ScaleBar(QGraphicsItem):
    """Lies in the lower left corner of a view box; hidden while the pixel size is not known."""

    def __init__(self, box: pg.ViewBox, palette: Palette) -> None:
        super().__init__(box)
        self._box, self._palette = box, palette
        self._nm_per_px: float | None = None
        self.setZValue(100)
        self.setVisible(False)
        box.sigTransformChanged.connect(self._on_zoom)
        box.sigResized.connect(self._on_zoom)

    def set_pixel_size(self, nm: float | None) -> None:
        """Width of an image pixel in nanometres; None hides the bar."""
        self._nm_per_px = nm
        self.setVisible(nm is not None)
        self._on_zoom()

    def length(self) -> tuple[float, float]:
        """Length of the bar in nanometres and in screen pixels; zeros while nothing is shown."""
        shown_px = self._box.viewRect().width()
        if self._nm_per_px is None or shown_px <= 0:
            return 0.0, 0.0
        px_per_nm = self._box.width() / shown_px / self._nm_per_px
        nm = round_length(self._box.width() * LONGEST_SHARE / px_per_nm)
        return nm, nm * px_per_nm

    def boundingRect(self) -> QRectF:
        """The corner that the bar may cover."""
        height = self._box.height()
        return QRectF(INSET_PX, height - INSET_PX - HEIGHT_PX, self._box.width() * 0.5, HEIGHT_PX)

    def paint(
        self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        """Draw bar and length on a dimmed ground, readable on any picture."""
        nm, width = self.length()
        corner = self.boundingRect()
        ground = QColor(self._palette.canvas)
        ground.setAlpha(170)
        painter.fillRect(QRectF(corner.left(), corner.top(), width + 16, HEIGHT_PX), ground)
        painter.fillRect(QRectF(corner.left() + 8, corner.bottom() - 8, width, 3), QColor(self._palette.text))
        font = QFont(painter.font())
        font.setPointSizeF(9)
        painter.setFont(font)
        painter.setPen(QColor(self._palette.text))
        words = QRectF(corner.left(), corner.top() + 4, width + 16, 18)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, size_text(nm))

    def _on_zoom(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.update()
