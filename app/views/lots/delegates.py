"""How a row of the lots table is painted."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.theme import Palette
from core.domain.review import LotSummary

Index = QModelIndex | QPersistentModelIndex
PAD_PX = 12
BAR_HEIGHT_PX = 6
ROW_HEIGHT_PX = 56


class TwoLinesDelegate(QStyledItemDelegate):
    """A word above, more of it below in quieter letters; the middle of a long path gives way."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Two lines of text."""
        name, place = str(index.data()).split("\n", 1)
        area: QRect = option.rect
        _paint_ground(painter, option)
        upper, lower = _halves(area.adjusted(PAD_PX, 0, -PAD_PX, 0))
        font: QFont = QFont(option.font)
        strong = QFont(font)
        strong.setWeight(QFont.Weight.DemiBold)
        _paint_line(painter, upper, name, strong, self._palette.text, Qt.TextElideMode.ElideRight)
        font.setPointSizeF(font.pointSizeF() - 1)
        _paint_line(painter, lower, place, font, self._palette.muted, Qt.TextElideMode.ElideMiddle)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines and air."""
        return QSize(super().sizeHint(option, index).width(), ROW_HEIGHT_PX)


class DecidedDelegate(QStyledItemDelegate):
    """How much of a lot is decided: figures above a bar."""

    def __init__(self, palette: Palette, role: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._role = role

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Text and bar."""
        lot = index.data(self._role)
        if not isinstance(lot, LotSummary):
            return
        area: QRect = option.rect
        _paint_ground(painter, option)
        upper, lower = _halves(area.adjusted(PAD_PX, 0, -PAD_PX, 0))
        done = lot.images > 0 and lot.decided >= lot.images
        color = self._palette.text if lot.decided else self._palette.muted
        font: QFont = QFont(option.font)
        _paint_line(painter, upper, str(index.data()), font, color, Qt.TextElideMode.ElideRight)
        fraction = lot.decided / lot.images if lot.images else 0.0
        self._paint_bar(painter, lower, fraction, self._palette.ok if done else self._palette.accent)

    def _paint_bar(self, painter: QPainter, area: QRect, fraction: float, color: str) -> None:
        groove = QRectF(area.left(), area.top() + 4, area.width(), BAR_HEIGHT_PX)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for share, fill in ((1.0, self._palette.border), (min(1.0, fraction), color)):
            painter.setBrush(QColor(fill))
            if share > 0:
                width = max(BAR_HEIGHT_PX, groove.width() * share)
                painter.drawRoundedRect(QRectF(groove.left(), groove.top(), width, BAR_HEIGHT_PX), 3, 3)
        painter.restore()


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    widget: QWidget = option.widget
    widget.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)


def _halves(area: QRect) -> tuple[QRect, QRect]:
    middle = area.top() + area.height() // 2 + 2
    top = QRect(area.left(), area.top() + 7, area.width(), middle - area.top() - 7)
    return top, QRect(area.left(), middle, area.width(), area.bottom() - middle - 6)


def _paint_line(
    painter: QPainter, area: QRect, text: str, font: QFont, color: str, elide: Qt.TextElideMode
) -> None:
    painter.save()
    painter.setFont(font)
    painter.setPen(QColor(color))
    shown = QFontMetrics(font).elidedText(text, elide, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
    painter.restore()
