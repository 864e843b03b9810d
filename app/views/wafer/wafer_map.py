"""A wafer seen from above: rim, dies, and a dot for each defect."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QHelpEvent
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsPathItem, QToolTip

from app.theme import Palette
from app.views.discover.cluster_map import Dots, LassoBox
from app.views.discover.raster import paint_points
from app.views.wafer.outline import grid_lines, rim_path, ring_path

ZONE_ALPHA = 34
MOST_SINGLE_DOTS = 3_000  # more are an image, which costs the same at every zoom
DOT_PX, CHOSEN_PX, RASTER_CELL_PX = 6, 13, 2
CLICK_PX = 8
PADDING = 0.03


class WaferBox(LassoBox):
    """Left drag draws a lasso, middle and right drag move the map, the wheel zooms, a click means a dot."""

    double_clicked = Signal(float, float)

    def mouseClickEvent(self, event: Any) -> None:
        """A dot was meant."""
        if event.double() and event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            place = self.mapToView(event.pos())
            self.double_clicked.emit(place.x(), place.y())
        else:
            super().mouseClickEvent(event)


class WaferMapWidget(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Setters, and which place was clicked; lengths are in µm from the wafer's centre."""

    place_clicked = Signal(float, float, float, bool)  # x, y, reach of a click, with Ctrl
    place_opened = Signal(float, float, float)
    place_hovered = Signal(float, float, float)  # long enough for a tip
    lasso_drawn = Signal(object)  # (M, 2) float64

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setBackground(palette.canvas)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self._box = WaferBox()
        self.addItem(self._box)
        self._grid = pg.PlotCurveItem(pen=pg.mkPen(palette.border, width=1), connect="pairs")
        self._rim, self._edge, self._zone = QGraphicsPathItem(), QGraphicsEllipseItem(), QGraphicsPathItem()
        self._rim.setPen(pg.mkPen(palette.muted, width=1.6, cosmetic=True))
        self._edge.setPen(pg.mkPen(palette.disabled, width=1, style=Qt.PenStyle.DashLine, cosmetic=True))
        self._zone.setPen(pg.mkPen(palette.accent, width=1.2, cosmetic=True))
        self._zone.setBrush(pg.mkBrush(_veil(palette.accent)))
        self._lasso = pg.PlotCurveItem(pen=pg.mkPen(palette.accent, width=1.6, style=Qt.PenStyle.DashLine))
        self._single = Dots(pxMode=True, pen=None)
        self._many = pg.ImageItem(axisOrder="row-major")
        self._chosen = Dots(pxMode=True, pen=pg.mkPen(palette.text, width=1.8), brush=None)
        under = (self._zone, self._grid, self._rim, self._edge)
        for item in (*under, self._many, self._single, self._chosen, self._lasso):
            self._box.addItem(item, ignoreBounds=True)
        self._places = np.zeros((0, 2), np.float32)
        self._colors: NDArray[np.uint8] = np.zeros((0, 3), np.uint8)
        self._bounds = QRectF(-1, -1, 2, 2)
        self._box.sigRangeChanged.connect(lambda *_: self._paint_many())
        self._box.sigResized.connect(lambda *_: self._paint_many())
        self._box.clicked.connect(lambda x, y, ctrl: self.place_clicked.emit(x, y, self._reach(), ctrl))
        self._box.double_clicked.connect(lambda x, y: self.place_opened.emit(x, y, self._reach()))
        self._box.lasso_moved.connect(lambda path: self._lasso.setData(path[:, 0], path[:, 1]))
        self._box.lasso_drawn.connect(self._on_lasso)

    @property
    def is_raster(self) -> bool:
        """Whether the dots are too many to be drawn one by one."""
        return len(self._places) > MOST_SINGLE_DOTS

    def set_wafer(self, diameter: float | None, mark: str, boxes: NDArray[np.float64]) -> None:
        """Draw a wafer; without a diameter there is no rim, without a pitch no grid."""
        self._rim.setVisible(diameter is not None)
        if diameter is not None:
            self._rim.setPath(rim_path(diameter, mark))
            self._bounds = QRectF(-diameter / 2, -diameter / 2, diameter, diameter)
        elif len(boxes) and np.isfinite(boxes).all():
            low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
            self._bounds = QRectF(*low, *(high - low))
        self._grid.setData(*grid_lines(boxes))
        self.fit()

    def set_edge(self, radius: float | None) -> None:
        """Draw where the edge exclusion begins; None draws none."""
        self._edge.setVisible(radius is not None)
        if radius is not None:
            self._edge.setRect(QRectF(QPointF(-radius, -radius), QPointF(radius, radius)))

    def set_zone(self, low: float | None, high: float | None, diameter: float | None) -> None:
        """Shade the ring between two distances from the centre; without both nothing is shaded."""
        self._zone.setVisible(diameter is not None and (low is not None or high is not None))
        if diameter is not None:
            self._zone.setPath(ring_path(low or 0.0, diameter / 2 if high is None else high))

    def set_dots(self, places: NDArray[np.float32], colors: NDArray[np.uint8]) -> None:
        """Show defects.

        Args:
            places: (N, 2) float32 finite.
            colors: (N, 3) uint8.
        """
        self._places, self._colors = places, colors
        if self.is_raster:
            self._single.clear()
            self._paint_many()
            return
        self._many.clear()
        brushes = {color.tobytes(): pg.mkBrush(*color.tolist(), 230) for color in np.unique(colors, axis=0)}
        brush = [brushes[color.tobytes()] for color in colors]
        self._single.setData(x=places[:, 0], y=places[:, 1], size=DOT_PX, brush=brush)

    def set_chosen(self, place: tuple[float, float] | None) -> None:
        """Ring a defect."""
        shown = [] if place is None else [place]
        self._chosen.setData(x=[x for x, _ in shown], y=[y for _, y in shown], size=CHOSEN_PX)

    def fit(self) -> None:
        """Show the whole wafer."""
        self._box.setRange(self._bounds, padding=PADDING)

    def show_tip(self, text: str) -> None:
        """Say this beside the mouse."""
        QToolTip.showText(QCursor.pos(), text, self)

    def viewportEvent(self, event: QEvent) -> bool:
        """The mouse rested: somebody wants to know what is there."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._box.mapSceneToView(self.mapToScene(event.pos()))
            self.place_hovered.emit(place.x(), place.y(), self._reach())
            return True
        return bool(super().viewportEvent(event))

    def _on_lasso(self, path: NDArray[np.float64]) -> None:
        self._lasso.clear()
        self.lasso_drawn.emit(path)

    def _reach(self) -> float:
        return float(CLICK_PX * self._box.viewPixelSize()[0])

    def _paint_many(self) -> None:
        if not self.is_raster:
            return
        view = self._box.viewRect()
        size = [max(int(side / RASTER_CELL_PX), 1) for side in (self._box.width(), self._box.height())]
        bounds = (view.left(), view.top(), view.width(), view.height())
        image = paint_points(self._places, self._colors, bounds, (size[0], size[1]))
        self._many.setImage(image, autoLevels=False, levels=(0, 255))
        self._many.setRect(view)


def _veil(color: str) -> QColor:
    """A colour through which the dots keep theirs."""
    made = QColor(color)
    made.setAlpha(ZONE_ALPHA)
    return made
