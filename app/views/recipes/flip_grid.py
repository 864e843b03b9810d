"""Flipped images as a gallery: each one twice, with the outline of either recipe, and the two words on it."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.theme import Palette
from app.views.discover.crop_strip import paint_picture
from core.domain.what_if import Flip, Opinion
from core.domain.words import MODEL_WORDS

FLIP_ROLE, NUMBER_ROLE = int(Qt.ItemDataRole.UserRole), int(Qt.ItemDataRole.UserRole) + 1
CELL = QSize(332, 216)
PICTURE_PX = 156
MARGIN_PX, LINE_PX = 8, 20

Picture = Callable[[int], QImage | None]


class FlipDelegate(QStyledItemDelegate):
    """The two views, the name, and what each recipe says below its view."""

    def __init__(self, picture: Picture, palette: Palette) -> None:
        super().__init__()
        self._picture, self._palette = picture, palette

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for all."""
        return CELL

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a flip."""
        flip: Flip = index.data(FLIP_ROLE)
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        inner = cell.adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        painter.save()
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(QPen(QColor(self._palette.accent), 1))
            painter.drawRoundedRect(cell.adjusted(2, 2, -3, -3), 6, 6)
        box = QRect(inner.left(), inner.top(), inner.width(), PICTURE_PX)
        paint_picture(painter, box, self._picture(index.data(NUMBER_ROLE)), QColor(self._palette.canvas))
        words = QRect(inner.left(), box.bottom() + 4, inner.width() // 2, LINE_PX)
        self._write(painter, words, "A", flip.before)
        self._write(painter, words.translated(inner.width() // 2, 0), "B", flip.after)
        painter.setPen(QColor(self._palette.muted))
        line = words.translated(0, LINE_PX)
        line.setWidth(inner.width())
        name = painter.fontMetrics().elidedText(flip.record.name, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def _write(self, painter: QPainter, place: QRect, letter: str, opinion: Opinion) -> None:
        painter.setPen(QColor(self._palette.of_model_verdict(opinion.verdict)))
        named = f"  {opinion.class_name}" if opinion.class_name else ""
        text = f"{letter}  {MODEL_WORDS[opinion.verdict]}  {opinion.score:.3f}{named}"
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width() - 4)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, fitting)


class FlipGrid(QListView):
    """A click, or Enter, opens an image."""

    flip_opened = Signal(object)  # Flip

    def __init__(self, model: QAbstractListModel, picture: Picture, palette: Palette) -> None:
        super().__init__()
        self.setModel(model)
        self._delegate = FlipDelegate(picture, palette)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.clicked.connect(self._open)
        self.activated.connect(self._open)

    def _open(self, index: QModelIndex) -> None:
        self.flip_opened.emit(index.data(FLIP_ROLE))
