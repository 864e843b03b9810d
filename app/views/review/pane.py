"""One picture with its overlays: pixel-exact, y down, aspect locked."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem, QGraphicsSimpleTextItem

from app.theme import Palette
from app.views.review.ruler import Ruler
from core.domain.arrays import FloatArray, GrayImage

COLOR_MAP = "inferno"  # perceptually uniform, readable with every common colour blindness
CLEAR_BELOW, OPAQUE_FROM = 0.08, 0.4  # shares of the scale between which the heatmap comes up
FIT_MARGIN = 0.02
SMALLEST_VIEW_PX = 6
WIDEST_PANE_PX = 8192  # a small image pixel for pixel on a large screen
Box = tuple[int, int, int, int]


def heat_colors(*, fade: bool) -> NDArray[np.uint8]:
    """(256, 4) RGBA of the fixed scale; `fade` lets low values show what lies below."""
    colors = pg.colormap.get(COLOR_MAP).getLookupTable(nPts=256, alpha=True).astype(np.uint8)
    if fade:
        shares = (np.arange(256) / 255 - CLEAR_BELOW) / (OPAQUE_FROM - CLEAR_BELOW)
        colors[:, 3] = (np.clip(shares, 0, 1) * 255).astype(np.uint8)
    return np.ascontiguousarray(colors)


class Pane(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """A view box with image, reference, heatmap, info bar, region boxes and mask outline, bottom to top."""

    window_dragged = Signal(float, float)  # share of the pane's width and height, right and up positive
    line_dragged = Signal(object, object)  # QPointF each, in image pixels: from where to where
    line_dropped = Signal()

    def __init__(self, caption: str, palette: Palette) -> None:
        super().__init__(lockAspect=True, invertY=True, enableMenu=False, defaultPadding=FIT_MARGIN)
        self._palette = palette
        self.setBackgroundColor(palette.canvas)
        self.image = pg.ImageItem(axisOrder="row-major", autoDownsample=False)
        self.reference = pg.ImageItem(axisOrder="row-major", autoDownsample=False)
        self.reference.setVisible(False)
        self.heat = pg.ImageItem(axisOrder="row-major")
        self.heat.setLookupTable(heat_colors(fade=True))
        self.outline = _path_item(palette.accent, 1.6)
        self.boxes = _path_item(palette.muted, 1.0)
        self.picked = _path_item(palette.text, 2.0)
        self.info_bar = QGraphicsRectItem()
        self.info_bar.setPen(QPen(Qt.PenStyle.NoPen))
        self._hatch = QGraphicsRectItem()
        self._hatch.setPen(QPen(Qt.PenStyle.NoPen))
        self._dress_info_bar()
        for item in (
            self.image,
            self.reference,
            self.heat,
            self.info_bar,
            self._hatch,
            self.boxes,
            self.outline,
            self.picked,
        ):
            self.addItem(item, ignoreBounds=True)
        self._size_hw = (1, 1)
        self.ruler = Ruler(self, palette)
        self._caption = QGraphicsSimpleTextItem("", self)
        self._caption_ground = QGraphicsRectItem(self._caption)
        self._dress_caption()
        self.set_caption(caption)

    def set_picture(self, pixels: GrayImage, levels: tuple[float, float], content_height: int) -> None:
        """Show native pixels (H, W) through a window; rows from content_height on are the info bar."""
        height, width = pixels.shape
        self.set_size(height, width)
        self.image.setImage(pixels, autoLevels=False, levels=levels)
        bar = QRectF(0, content_height, width, height - content_height)
        self.info_bar.setRect(bar)
        self._hatch.setRect(bar)

    def set_size(self, height: int, width: int) -> None:
        """Size of the picture in pixels: what fits, and how far the zoom may go."""
        self._size_hw = (height, width)
        nearest, farthest = SMALLEST_VIEW_PX, max(8 * max(height, width), WIDEST_PANE_PX)
        self.setLimits(minXRange=nearest, minYRange=nearest, maxXRange=farthest, maxYRange=farthest)

    def set_reference(self, pixels: GrayImage | None, levels: tuple[float, float]) -> None:
        """Hold a reference (H, W) in the image's pixels, to be shown in its place; None for none."""
        if pixels is None:
            self.reference.clear()
        else:
            self.reference.setImage(pixels, autoLevels=False, levels=levels)

    def set_levels(self, levels: tuple[float, float]) -> None:
        """Another window on the same pixels."""
        self.image.setLevels(levels)
        self.reference.setLevels(levels)

    def set_caption(self, caption: str) -> None:
        """Say in the corner what is shown."""
        self._caption.setText(caption)
        self._caption_ground.setRect(self._caption.boundingRect().adjusted(-6, -3, 6, 3))

    def set_heat(self, shades: NDArray[np.uint8] | None) -> None:
        """Show a map (H, W) in steps of the fixed scale; None clears it."""
        if shades is None:
            self.heat.clear()
            return
        self.heat.setImage(shades, autoLevels=False, levels=(0, 255))

    def set_outline(self, segments: FloatArray) -> None:
        """Draw the mask's edges: (N, 2, 2) segments ((x, y), (x, y))."""
        points = segments.reshape(-1, 2).astype(np.float64)
        self.outline.setPath(pg.arrayToQPath(points[:, 0], points[:, 1], connect="pairs"))

    def set_boxes(self, boxes: Sequence[Box]) -> None:
        """Frame regions (x, y, w, h)."""
        self.boxes.setPath(_frames(boxes, margin=3))
        self.picked.setPath(QPainterPath())

    def pick_box(self, box: Box | None) -> None:
        """Emphasise one region."""
        self.picked.setPath(_frames([box] if box else [], margin=5))

    def clear_picture(self) -> None:
        """Show nothing at all."""
        self.image.clear()
        self.reference.clear()
        self.heat.clear()
        self.ruler.clear()
        self.set_boxes([])
        self.set_outline(np.empty((0, 2, 2), np.float32))
        self.info_bar.setRect(QRectF())
        self._hatch.setRect(QRectF())

    def fit(self) -> None:
        """Show the whole picture."""
        height, width = self._size_hw
        self.setRange(QRectF(0, 0, width, height), padding=FIT_MARGIN)

    def show_full_size(self, device_ratio: float) -> None:
        """One image pixel on one screen pixel, about the middle of what is shown."""
        middle = self.viewRect().center()
        size = self.rect().size() * device_ratio
        corner = QPointF(middle.x() - size.width() / 2, middle.y() - size.height() / 2)
        self.setRange(QRectF(corner, size), padding=0)

    def center_on(self, box: Box) -> None:
        """Bring a region to the middle, with its surroundings."""
        x, y, width, height = box
        reach = max(2.5 * max(width, height), 64)
        self.setRange(QRectF(x + width / 2 - reach / 2, y + height / 2 - reach / 2, reach, reach), padding=0)

    def mouseDragEvent(self, ev: object, axis: int | None = None) -> None:
        """Alt+drag moves the gray window, Shift+drag measures; any other left drag pans."""
        if ev.modifiers() & Qt.KeyboardModifier.AltModifier:  # type: ignore[attr-defined]
            ev.accept()  # type: ignore[attr-defined]
            moved = ev.pos() - ev.lastPos()  # type: ignore[attr-defined]
            self.window_dragged.emit(moved.x() / self.width(), -moved.y() / self.height())
        elif ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:  # type: ignore[attr-defined]
            ev.accept()  # type: ignore[attr-defined]
            begin, end = ev.buttonDownPos(), ev.pos()  # type: ignore[attr-defined]
            self.line_dragged.emit(self.mapToView(begin), self.mapToView(end))
        elif ev.button() != Qt.MouseButton.RightButton:  # type: ignore[attr-defined]
            super().mouseDragEvent(ev, axis)

    def mouseClickEvent(self, ev: object) -> None:
        """Shift+click takes a measured line away."""
        if ev.modifiers() & Qt.KeyboardModifier.ShiftModifier:  # type: ignore[attr-defined]
            ev.accept()  # type: ignore[attr-defined]
            self.line_dropped.emit()
        else:
            super().mouseClickEvent(ev)

    def _dress_caption(self) -> None:
        self._caption.setBrush(QColor(self._palette.muted))
        self._caption.setPos(10, 8)
        self._caption_ground.setFlag(QGraphicsRectItem.GraphicsItemFlag.ItemStacksBehindParent)
        shade = QColor(self._palette.canvas)
        shade.setAlpha(190)
        self._caption_ground.setBrush(QBrush(shade))
        self._caption_ground.setPen(QPen(Qt.PenStyle.NoPen))

    def _dress_info_bar(self) -> None:
        shade = QColor(self._palette.canvas)
        shade.setAlpha(150)
        self.info_bar.setBrush(QBrush(shade))
        hatch = QColor(self._palette.muted)
        hatch.setAlpha(110)
        self._hatch.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))


def _path_item(color: str, width_px: float) -> QGraphicsPathItem:
    item = QGraphicsPathItem()
    pen = QPen(QColor(color), width_px)
    pen.setCosmetic(True)
    item.setPen(pen)
    return item


def _frames(boxes: Sequence[Box], margin: int) -> QPainterPath:
    path = QPainterPath()
    for x, y, width, height in boxes:
        path.addRect(QRectF(x - margin, y - margin, width + 2 * margin, height + 2 * margin))
    return path
