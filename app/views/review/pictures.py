"""The two linked panes, image and what lies beside it, with the one colour bar."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal

from app.theme import Palette
from app.views.review.color_bar import ColorBar
from app.views.review.pane import COLOR_MAP, Box, Pane
from app.views.review.scale_bar import ScaleBar
from core.domain.arrays import FloatArray, GrayImage

SPACING_PX = 6
IMAGE, RESIDUAL, DIFFERENCE = "Image", "Residual", "Difference"
REFERENCE, UNPLACED_REFERENCE = "Reference", "Reference, as it is"


class Pictures(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Image left, residual or reference right. Both show the same place while they are linked."""

    cursor_moved = Signal(float, float)  # x, y in image pixels
    cursor_left = Signal()
    window_dragged = Signal(float, float)

    def __init__(self, palette: Palette, map_range: tuple[float, float]) -> None:
        super().__init__()
        self.setBackground(palette.background)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self.ci.layout.setSpacing(SPACING_PX)
        self.left, self.right = Pane(IMAGE, palette), Pane(RESIDUAL, palette)
        self.right.heat.setLookupTable(pg.colormap.get(COLOR_MAP).getLookupTable(nPts=256))
        self.addItem(self.left, 0, 0)
        self.addItem(self.right, 0, 1)
        self.color_bar = ColorBar(COLOR_MAP, map_range, palette)
        self.addItem(self.color_bar, 0, 2)
        self.setAntialiasing(True)
        for column in (0, 1):
            self.ci.layout.setColumnStretchFactor(column, 1)
            self.ci.layout.setColumnPreferredWidth(column, 100)
        self.scale_bar = ScaleBar(self.left, palette)
        self._linked, self._following = True, False
        self._heat_word, self._beside = RESIDUAL, ""
        self._before_full_size: tuple[list[float], list[float]] | None = None
        self._connect()

    def set_picture(self, pixels: GrayImage, levels: tuple[float, float], content_height: int) -> None:
        """Show an image and forget the map of the one before."""
        self.clear_pictures()
        self.left.set_picture(pixels, levels, content_height)
        self.right.set_size(pixels.shape[0], pixels.shape[1])
        self.fit()

    def set_levels(self, levels: tuple[float, float]) -> None:
        """Another window on the same pixels."""
        for pane in (self.left, self.right):
            pane.set_levels(levels)

    def set_map(self, shades: NDArray[np.uint8] | None, outline: FloatArray, boxes: Sequence[Box]) -> None:
        """Show a map on its fixed scale in both panes, with the mask's outline and the regions."""
        for pane in (self.left, self.right):
            pane.set_heat(shades)
            pane.set_outline(outline)
        self.left.set_boxes(boxes)

    def set_reference(self, pixels: GrayImage | None, levels: tuple[float, float]) -> None:
        """Hold the image's reference, as the image sees it; None where it has none."""
        for pane in (self.left, self.right):
            pane.set_reference(pixels, levels)

    def place_reference(self, dx: float, dy: float) -> None:
        """Move the reference by some pixels from where it was put, right and down."""
        for pane in (self.left, self.right):
            pane.reference.setPos(dx, dy)

    def show_reference(self, word: str, *, beside: bool, instead: bool) -> None:
        """The reference, by this name, in the pane beside the image, and for a blink in the image's own place."""
        self._beside = word if beside else ""
        self.right.reference.setVisible(beside)
        self.right.heat.setVisible(not beside)
        self.left.reference.setVisible(instead)
        self.left.set_caption(word if instead else IMAGE)
        self.right.set_caption(self._beside or self._heat_word)

    def set_scale(self, word: str, scale: tuple[float, float]) -> None:
        """What the heatmap is, and the values at the ends of its colours."""
        self._heat_word = word
        self.color_bar.set_range(scale)
        self.right.set_caption(self._beside or word)

    def clear_pictures(self) -> None:
        """Show nothing at all."""
        for pane in (self.left, self.right):
            pane.clear_picture()

    def set_overlays(self, *, heatmap: bool, mask: bool, opacity: float) -> None:
        """What lies over the image. The residual's own pane always shows it."""
        self.left.heat.setVisible(heatmap)
        self.left.heat.setOpacity(opacity)
        for item in (self.left.outline, self.left.boxes, self.right.outline):
            item.setVisible(mask)

    def set_linked(self, linked: bool) -> None:
        """Whether both panes zoom and pan together."""
        self._linked = linked
        if linked:
            self._follow(self.left, self.right)

    def show_residual(self, shown: bool) -> None:
        """Give the residual a pane of its own, or all the room to the image."""
        if shown == (self.right.scene() is not None):
            return
        if shown:
            self.addItem(self.right, 0, 1)
        else:
            self.removeItem(self.right)
        self.ci.layout.setColumnStretchFactor(1, int(shown))
        self.ci.layout.setColumnPreferredWidth(1, 100 if shown else 0)
        self.fit()

    def set_pixel_size(self, nm: float | None) -> None:
        """Width of a pixel; None hides the scale bar, and a measured line is told in pixels alone."""
        self.scale_bar.set_pixel_size(nm)
        for pane in (self.left, self.right):
            pane.ruler.set_pixel_size(nm)

    @property
    def measured_px(self) -> float | None:
        """Length of the measured line in image pixels; None where there is none."""
        return self.left.ruler.length_px

    def measure(self, begin: QPointF, end: QPointF) -> None:
        """Draw a measured line in both panes, in image pixels."""
        for pane in (self.left, self.right):
            pane.ruler.set_ends(begin, end)

    def drop_measure(self) -> None:
        """Take the measured line away."""
        for pane in (self.left, self.right):
            pane.ruler.clear()

    def pick_region(self, box: Box | None, *, center: bool) -> None:
        """Emphasise a region, and go there if asked."""
        for pane in (self.left, self.right):
            pane.pick_box(box)
        if box is not None and center:
            self.left.center_on(box)

    def fit(self) -> None:
        """Show the whole picture in both panes."""
        self.left.fit()
        self.right.fit()

    def hold_full_size(self, held: bool) -> None:
        """One image pixel per screen pixel while held; back where it was afterwards."""
        if held and self._before_full_size is None:
            self._before_full_size = self.left.viewRange()
            self.left.show_full_size(self.devicePixelRatioF())
        elif not held and self._before_full_size is not None:
            across, down = self._before_full_size
            self.left.setRange(xRange=across, yRange=down, padding=0)
            self._before_full_size = None

    def leaveEvent(self, ev: object) -> None:
        """The cursor left: its readout ends."""
        super().leaveEvent(ev)
        self.cursor_left.emit()

    def _connect(self) -> None:
        self.left.sigRangeChanged.connect(lambda *_: self._follow(self.left, self.right))
        self.right.sigRangeChanged.connect(lambda *_: self._follow(self.right, self.left))
        self.left.window_dragged.connect(self.window_dragged)
        self.right.window_dragged.connect(self.window_dragged)
        for pane in (self.left, self.right):
            pane.line_dragged.connect(self.measure)
            pane.line_dropped.connect(self.drop_measure)
        self.scene().sigMouseMoved.connect(self._on_mouse_moved)

    def _follow(self, leader: Pane, follower: Pane) -> None:
        # setRange of the follower reports a change of its own; without the guard the panes chase each other
        if not self._linked or self._following:
            return
        self._following = True
        across, down = leader.viewRange()
        follower.setRange(xRange=across, yRange=down, padding=0)
        self._following = False

    def _on_mouse_moved(self, place: QPointF) -> None:
        for pane in (self.left, self.right):
            if pane.sceneBoundingRect().contains(place):
                at = pane.mapSceneToView(place)
                self.cursor_moved.emit(at.x(), at.y())
                return
        self.cursor_left.emit()
