"""A wafer seen from above: rim, dies, and a dot for each defect."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsPathItem

from app.theme import Palette
from app.views.discover.raster import paint_points
from app.views.wafer.outline import grid_lines, rim_path

MOST_SINGLE_DOTS = 3_000  # more are an image, which costs the same at every zoom
DOT_PX, CHOSEN_PX, RASTER_CELL_PX = 6, 13, 2
CLICK_PX = 8
PADDING = 0.03


class WaferBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Drag moves the map, the wheel zooms, a click means a dot."""

    clicked = Signal(float, float)
    double_clicked = Signal(float, float)

    def __init__(self) -> None:
        super().__init__(lockAspect=True, enableMenu=False)

    def mouseClickEvent(self, event: Any) -> None:
        """A dot was meant."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            place = self.mapToView(event.pos())
            (self.double_clicked if event.double() else self.clicked).emit(place.x(), place.y())


class WaferMapWidget(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Setters, and which place was clicked; lengths are in µm from the wafer's centre."""

    place_clicked = Signal(float, float, float)  # x, y, reach of a click
    place_opened = Signal(float, float, float)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setBackground(palette.canvas)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self._box = WaferBox()
        self.addItem(self._box)
        self._grid = pg.PlotCurveItem(pen=pg.mkPen(palette.border, width=1), connect="pairs")
        self._rim, self._edge = QGraphicsPathItem(), QGraphicsEllipseItem()
        self._rim.setPen(pg.mkPen(palette.muted, width=1.6, cosmetic=True))
        self._edge.setPen(pg.mkPen(palette.disabled, width=1, style=Qt.PenStyle.DashLine, cosmetic=True))
        self._single = pg.ScatterPlotItem(pxMode=True, pen=None)
        self._many = pg.ImageItem(axisOrder="row-major")
        self._chosen = pg.ScatterPlotItem(pxMode=True, pen=pg.mkPen(palette.text, width=1.8), brush=None)
        for item in (self._grid, self._rim, self._edge, self._many, self._single, self._chosen):
            self._box.addItem(item, ignoreBounds=True)
        self._places = np.zeros((0, 2), np.float32)
        self._colors: NDArray[np.uint8] = np.zeros((0, 3), np.uint8)
        self._bounds = QRectF(-1, -1, 2, 2)
        self._box.sigRangeChanged.connect(lambda *_: self._paint_many())
        self._box.sigResized.connect(lambda *_: self._paint_many())
        self._box.clicked.connect(lambda x, y: self.place_clicked.emit(x, y, self._reach()))
        self._box.double_clicked.connect(lambda x, y: self.place_opened.emit(x, y, self._reach()))

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
