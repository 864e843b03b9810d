"""Pictures of crops in a row."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import Palette

GAP_PX = 6
Picture = Callable[[int], QImage | None]
"""The picture of a crop's id; None while there is none, which asks for it."""


class CropStrip(QWidget):
    """As many as fit; the rest is left out."""

    def __init__(self, picture: Picture, palette: Palette, side_px: int = 64) -> None:
        super().__init__()
        self._picture, self._side_px = picture, side_px
        self._back, self._words = QColor(palette.canvas), QColor(palette.muted)
        self._crop_ids: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(side_px)

    def sizeHint(self) -> QSize:
        """One picture at least."""
        return QSize(self._side_px, self._side_px)

    @property
    def crop_ids(self) -> tuple[int, ...]:
        """What is shown."""
        return self._crop_ids

    def set_crops(self, crop_ids: Sequence[int]) -> None:
        """Show these."""
        self._crop_ids = tuple(crop_ids)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what is there; what is not is asked for on the way."""
        painter = QPainter(self)
        if not self._crop_ids:
            painter.setPen(self._words)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, "None")
        fitting = max(1, (self.width() + GAP_PX) // (self._side_px + GAP_PX))
        for place, crop_id in enumerate(self._crop_ids[:fitting]):
            box = QRect(place * (self._side_px + GAP_PX), 0, self._side_px, self._side_px)
            paint_picture(painter, box, self._picture(crop_id), self._back)
        painter.end()


def paint_picture(painter: QPainter, box: QRect, picture: QImage | None, back: QColor) -> None:
    """A picture fitted into a box, or the empty box."""
    painter.fillRect(box, back)
    if picture is not None:
        size = picture.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(box.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, picture)
