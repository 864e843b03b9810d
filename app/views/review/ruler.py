"""A measured line on a picture, with its length in pixels and, where the pixel size is known, on the wafer."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from app.theme import Palette
from app.views.review.words import size_text

TICK_SHARE = 0.04  # of the line's length, to each side of its ends
WIDTH_PX = 1.8


class Ruler:
    """Two items in a view box; hidden until something is measured.

    Attributes:
        length_px: of the line in image pixels; None while there is none.
    """

    def __init__(self, box: pg.ViewBox, palette: Palette) -> None:
        self.length_px: float | None = None
        self._nm_per_px: float | None = None
        self._line = QGraphicsPathItem()
        pen = QPen(QColor(palette.unknown), WIDTH_PX)
        pen.setCosmetic(True)
        self._line.setPen(pen)
        ground = QColor(palette.canvas)
        ground.setAlpha(200)
        self._label = pg.TextItem(color=palette.text, fill=ground, anchor=(0.5, 1.3))
        for item in (self._line, self._label):
            item.setZValue(90)
            box.addItem(item, ignoreBounds=True)
        self.clear()

    @property
    def text(self) -> str:
        """What stands beside the line; empty while there is none."""
        if self.length_px is None:
            return ""
        pixels = f"{self.length_px:.1f} px"
        return (
            pixels
            if self._nm_per_px is None
            else f"{size_text(self.length_px * self._nm_per_px)}  ({pixels})"
        )

    def set_pixel_size(self, nm: float | None) -> None:
        """Width of a pixel; None measures in pixels alone."""
        self._nm_per_px = nm
        self._label.setText(self.text)

    def set_ends(self, begin: QPointF, end: QPointF) -> None:
        """Measure from one place of the picture to another."""
        across = end - begin
        self.length_px = math.hypot(across.x(), across.y())
        tick = QPointF(-across.y(), across.x()) * TICK_SHARE
        path = QPainterPath(begin)
        path.lineTo(end)
        for place in (begin, end):
            path.moveTo(place - tick)
            path.lineTo(place + tick)
        self._line.setPath(path)
        self._label.setText(self.text)
        self._label.setPos((begin + end) / 2)
        self._show(True)

    def clear(self) -> None:
        """Take the line away."""
        self.length_px = None
        self._line.setPath(QPainterPath())
        self._show(False)

    def _show(self, shown: bool) -> None:
        self._line.setVisible(shown)
        self._label.setVisible(shown)
