"""The map of embeddings: points in the colours of their groups, and a lasso around the visible ones."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor

from app.theme import Palette
from app.views.discover.raster import paint_points
from core.domain.arrays import BoolArray, FloatArray

MOST_SINGLE_POINTS = (
    5_000  # of more, drawing them one by one falls under 30 frames a second on a busy machine
)
RASTER_CELL_PX = 3  # a point is that wide where points are an image
LARGEST_POINT_PX, SMALLEST_POINT_PX = 14, 6
RING_PX = 3  # how much wider the ring of a chosen point is
LASSO_STEPS = 200
PADDING = 0.06


class LassoBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Left drag draws a lasso, middle and right drag move the map, the wheel zooms."""

    lasso_moved = Signal(object)  # (M, 2) float64 in map units
    lasso_drawn = Signal(object)
    clicked = Signal(float, float, bool)  # x, y, with Ctrl

    def __init__(self) -> None:
        super().__init__(lockAspect=True, enableMenu=False)
        self._path: list[tuple[float, float]] = []

    def mouseDragEvent(self, event: Any, _axis: int | None = None) -> None:
        """Draw or move."""
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            (from_x, from_y), (to_x, to_y) = self._place(event.lastPos()), self._place(event.pos())
            self.translateBy(x=from_x - to_x, y=from_y - to_y)
            return
        if event.isStart():
            self._path = [self._place(event.buttonDownPos())]
        self._path.append(self._place(event.pos()))
        if event.isFinish():
            path, self._path = self._path, []
            self.lasso_drawn.emit(_thinned(path))
        else:
            self.lasso_moved.emit(np.array(self._path))

    def mouseClickEvent(self, event: Any) -> None:
        """A point was meant."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            x, y = self._place(event.pos())
            self.clicked.emit(x, y, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def _place(self, position: Any) -> tuple[float, float]:
        place = self.mapToView(position)
        return place.x(), place.y()


class Dots(pg.ScatterPlotItem):  # type: ignore[misc]
    """Points that leave clicks to the map: pyqtgraph's own keep those that hit one to themselves."""

    def mouseClickEvent(self, event: Any) -> None:
        """Not ours."""
        event.ignore()


class ClusterMap(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """Setters, and what was drawn on the map."""

    lasso_drawn = Signal(object)  # (M, 2) float64
    place_clicked = Signal(float, float, float, bool)  # x, y, reach of a click in map units, with Ctrl

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setBackground(palette.canvas)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        grey = QColor(palette.disabled)
        self._muted = np.array([grey.red(), grey.green(), grey.blue()], np.uint8)
        self._box = LassoBox()
        self.addItem(self._box)
        self._single = Dots(pxMode=True, pen=None)
        self._many = pg.ImageItem(axisOrder="row-major")
        self._chosen = Dots(pxMode=True, pen=pg.mkPen(palette.text, width=1.4), brush=None)
        self._lasso = pg.PlotCurveItem(pen=pg.mkPen(palette.accent, width=1.6, style=Qt.PenStyle.DashLine))
        for item in (self._many, self._single, self._chosen, self._lasso):
            self._box.addItem(item, ignoreBounds=True)
        self._places: FloatArray = np.zeros((0, 2), np.float32)
        self._colors: NDArray[np.uint8] = np.zeros((0, 3), np.uint8)
        self._box.sigRangeChanged.connect(lambda *_: self._paint_many())
        self._box.sigResized.connect(lambda *_: self._paint_many())
        self._box.lasso_moved.connect(self._show_lasso)
        self._box.lasso_drawn.connect(self._on_lasso)
        self._box.clicked.connect(self._on_click)

    @property
    def is_raster(self) -> bool:
        """Whether the points are too many to be drawn one by one."""
        return len(self._places) > MOST_SINGLE_POINTS

    @property
    def _point_px(self) -> float:
        """A lot of thirty is not a scatter of specks, one of thousands is not one blot."""
        return float(np.clip(90 / max(len(self._places), 1) ** 0.4, SMALLEST_POINT_PX, LARGEST_POINT_PX))

    def set_points(self, places: FloatArray, colors: NDArray[np.uint8], faded: BoolArray) -> None:
        """Show points.

        Args:
            places: (N, 2) float32 in [-1, 1].
            colors: (N, 3) uint8.
            faded: (N,) bool, shown in grey: what is not looked at now.
        """
        self._places = places
        self._colors = np.where(faded[:, None], self._muted, colors)
        if self.is_raster:
            self._single.clear()
            self._paint_many()
            return
        self._many.clear()
        order = np.argsort(~faded, kind="stable")  # what is looked at lies on top
        self._single.setData(
            x=places[order, 0], y=places[order, 1], size=self._point_px, brush=_brushes(self._colors[order])
        )

    def set_chosen(self, rows: NDArray[np.int64]) -> None:
        """Ring these points."""
        shown = self._places[rows[:MOST_SINGLE_POINTS]]
        self._chosen.setData(x=shown[:, 0], y=shown[:, 1], size=self._point_px + RING_PX)

    def fit(self) -> None:
        """Show all points."""
        if len(self._places):
            (left, bottom), (right, top) = self._places.min(axis=0), self._places.max(axis=0)
            self._box.setRange(QRectF(left, bottom, right - left, top - bottom), padding=PADDING)

    def _paint_many(self) -> None:
        if not self.is_raster:
            return
        view = self._box.viewRect()
        width = max(int(self._box.width() / RASTER_CELL_PX), 1)
        height = max(int(self._box.height() / RASTER_CELL_PX), 1)
        bounds = (view.left(), view.top(), view.width(), view.height())
        image = paint_points(self._places, self._colors, bounds, (width, height))
        self._many.setImage(image, autoLevels=False, levels=(0, 255))
        self._many.setRect(view)

    def _show_lasso(self, path: NDArray[np.float64]) -> None:
        self._lasso.setData(path[:, 0], path[:, 1])

    def _on_lasso(self, path: NDArray[np.float64]) -> None:
        self._lasso.clear()
        self.lasso_drawn.emit(path)

    def _on_click(self, x: float, y: float, with_control: bool) -> None:
        reach = self._point_px * self._box.viewPixelSize()[0]
        self.place_clicked.emit(x, y, reach, with_control)


def _thinned(path: list[tuple[float, float]]) -> NDArray[np.float64]:
    step = max(1, len(path) // LASSO_STEPS)
    return np.array(path[::step], np.float64)


def _brushes(colors: NDArray[np.uint8]) -> list[Any]:
    """One brush a colour, shared: a brush of its own for each point would take seconds."""
    made: dict[bytes, Any] = {}
    return [made.setdefault(color.tobytes(), pg.mkBrush(*color.tolist(), 225)) for color in colors]
