"""What a cluster card says, and how it is painted."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.theme import Palette
from app.views.discover.crop_strip import Picture, paint_picture

CARD_ROLE = int(Qt.ItemDataRole.UserRole)
HEIGHT_PX, THUMB_PX, GAP_PX, BAR_PX, PAD_PX = 132, 46, 5, 5, 12


@dataclass(frozen=True, slots=True)
class ClusterCard:
    """One card.

    Attributes:
        cluster_id: 0 for the place where crops are dropped to make a new group.
        color: "#rrggbb", as on the map.
        size: crops in it, in words.
        figures: spread, stability and nearest class, in words.
        medoids: ids of its most typical crops.
        dim: whether it was dismissed.
    """

    cluster_id: int
    name: str
    color: str
    size: str
    figures: str
    nearest: str
    medoids: tuple[int, ...]
    named: bool = False
    dim: bool = False


class CardDelegate(QStyledItemDelegate):
    """Colour, name, size, the most typical crops, and the figures."""

    def __init__(self, picture: Picture, palette: Palette) -> None:
        super().__init__()
        self._picture, self._palette = picture, palette

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for all groups; the place for a new one is lower."""
        card: ClusterCard = index.data(CARD_ROLE)
        return QSize(200, HEIGHT_PX if card.cluster_id else 48)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a card."""
        card: ClusterCard = index.data(CARD_ROLE)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        box = rect.adjusted(4, 3, -4, -3)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        self._paint_back(painter, box, card, chosen)
        if card.cluster_id:
            painter.setOpacity(0.45 if card.dim else 1.0)
            self._paint_words(painter, box.adjusted(BAR_PX + PAD_PX, 8, -PAD_PX, -8), card)
        painter.restore()

    def _paint_back(self, painter: QPainter, box: QRect, card: ClusterCard, chosen: bool) -> None:
        painter.setPen(QColor(self._palette.accent if chosen else self._palette.border))
        painter.setBrush(QColor(self._palette.selection if chosen else self._palette.raised))
        if not card.cluster_id:
            painter.setPen(QPen(QColor(self._palette.muted), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(QColor(self._palette.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, card.name)
            return
        painter.drawRoundedRect(box, 6, 6)
        painter.fillRect(QRect(box.left() + 5, box.top() + 9, BAR_PX, box.height() - 17), QColor(card.color))

    def _paint_words(self, painter: QPainter, box: QRect, card: ClusterCard) -> None:
        line = painter.fontMetrics().height()
        top = QRect(box.left(), box.top(), box.width(), line + 2)
        bold = QFont(painter.font())
        bold.setBold(True)
        size_width = painter.fontMetrics().horizontalAdvance(card.size) + 8
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(top, Qt.AlignmentFlag.AlignRight, card.size)
        plain = painter.font()
        painter.setFont(bold)
        painter.setPen(QColor(self._palette.text))
        name_box = top.adjusted(0, 0, -size_width, 0)
        name = painter.fontMetrics().elidedText(card.name, Qt.TextElideMode.ElideRight, name_box.width())
        painter.drawText(name_box, Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(plain)
        self._paint_pictures(painter, box.left(), top.bottom() + 5, box.width(), card)
        foot = QRect(box.left(), top.bottom() + THUMB_PX + 9, box.width(), line)
        painter.setPen(QColor(self._palette.muted))
        for number, words in enumerate((card.figures, card.nearest)):
            fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, foot.width())
            painter.drawText(foot.translated(0, number * (line + 1)), Qt.AlignmentFlag.AlignLeft, fitting)

    def _paint_pictures(self, painter: QPainter, left: int, top: int, width: int, card: ClusterCard) -> None:
        fitting = (width + GAP_PX) // (THUMB_PX + GAP_PX)
        for place, crop_id in enumerate(card.medoids[:fitting]):
            box = QRect(left + place * (THUMB_PX + GAP_PX), top, THUMB_PX, THUMB_PX)
            paint_picture(painter, box, self._picture(crop_id), QColor(self._palette.canvas))
