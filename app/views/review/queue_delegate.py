"""Paints one row of the review queue: thumbnail, name, the model's word, the engineer's word."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.theme import Palette
from app.views.review.words import MODEL_WORDS, VERDICT_WORDS
from core.domain.decisions import DefectClass, Killer, Verdict
from core.domain.ids import ClassId
from core.domain.lots import FailedImage
from core.domain.review import ReviewItem

ROW_PX = 76
THUMBNAIL_PX = 60
MARGIN_PX = 8
CHIP_PX = 16


@dataclass(frozen=True, slots=True)
class RowRoles:
    """Under which roles the model keeps the item and its thumbnail."""

    item: int
    thumbnail: int


class QueueDelegate(QStyledItemDelegate):
    """Every row has one height, so that Qt never measures 100,000 of them."""

    def __init__(self, palette: Palette, roles: RowRoles) -> None:
        super().__init__()
        self._palette, self._roles = palette, roles
        self._classes: dict[ClassId, DefectClass] = {}

    def set_classes(self, classes: dict[ClassId, DefectClass]) -> None:
        """Names for the class line."""
        self._classes = classes

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for all rows."""
        return QSize(160, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        item: ReviewItem = index.data(self._roles.item)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, box, selected=bool(state & QStyle.StateFlag.State_Selected))
        side = QRect(box.left() + MARGIN_PX + 2, box.top() + MARGIN_PX, THUMBNAIL_PX, THUMBNAIL_PX)
        self._paint_thumbnail(painter, side, index.data(self._roles.thumbnail), item)
        text = box.adjusted(MARGIN_PX * 2 + THUMBNAIL_PX + 2, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        self._paint_name(painter, text, item)
        self._paint_model_word(painter, QRect(text.left(), text.top() + 22, text.width(), 18), item)
        self._paint_judgement(painter, QRect(text.left(), text.top() + 43, text.width(), 17), item)
        painter.restore()

    def _paint_ground(self, painter: QPainter, box: QRect, *, selected: bool) -> None:
        if selected:
            painter.fillRect(box, QColor(self._palette.selection))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), QColor(self._palette.accent))
        painter.setPen(QColor(self._palette.background))
        painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _paint_thumbnail(self, painter: QPainter, box: QRect, image: QImage | None, item: ReviewItem) -> None:
        painter.fillRect(box, QColor(self._palette.canvas))
        if isinstance(item.record, FailedImage):
            painter.setPen(QPen(QColor(self._palette.failed), 1.5))
            cross = box.adjusted(22, 22, -22, -22)
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.topRight(), cross.bottomLeft())
        elif image is not None:
            size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(0, 0, size.width(), size.height())
            target.moveCenter(box.center())
            painter.drawImage(target, image)

    def _paint_name(self, painter: QPainter, box: QRect, item: ReviewItem) -> None:
        painter.setPen(QColor(self._palette.text))
        name = item.record.name.rpartition("/")[2]  # the header and the tool tip give the folder
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)

    def _paint_model_word(self, painter: QPainter, box: QRect, item: ReviewItem) -> None:
        word, color = self._model_word(item)
        width = _paint_chip(painter, box.topLeft().x(), box.top(), word, color)
        if item.detection is not None and item.detection.score is not None:
            painter.setPen(QColor(self._palette.muted))
            place = box.adjusted(width + 8, 0, 0, -2)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"{item.detection.score:.3f}")

    def _model_word(self, item: ReviewItem) -> tuple[str, str]:
        detection = item.detection
        if isinstance(item.record, FailedImage):
            return "Unreadable", self._palette.failed
        if detection is None:
            return "Not detected", self._palette.disabled
        if detection.verdict is None:
            return "Failed", self._palette.failed
        return MODEL_WORDS[detection.verdict], self._palette.of_model_verdict(detection.verdict)

    def _paint_judgement(self, painter: QPainter, box: QRect, item: ReviewItem) -> None:
        if not item.is_decided:
            return
        judgement = item.judgement
        color = QColor(self._palette.of_verdict(judgement.verdict))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QRectF(box.left() + 3, box.center().y() - 3, 8, 8))
        painter.setPen(QColor(self._palette.text))
        words = painter.fontMetrics().elidedText(
            self._judgement_words(item), Qt.TextElideMode.ElideRight, box.width() - 18
        )
        painter.drawText(box.adjusted(18, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)

    def _judgement_words(self, item: ReviewItem) -> str:
        judgement = item.judgement
        named = self._classes.get(judgement.class_id) if judgement.class_id is not None else None
        verdict = VERDICT_WORDS[judgement.verdict] if judgement.verdict else ""
        if named is not None:
            verdict = named.name if judgement.verdict is Verdict.REAL else f"{verdict} · {named.name}"
        return f"{verdict} · killer" if judgement.killer is Killer.YES else verdict


def _paint_chip(painter: QPainter, left: int, top: int, word: str, color: str) -> int:
    font = QFont(painter.font())
    font.setPointSizeF(font.pointSizeF() - 1.5)
    font.setWeight(QFont.Weight.DemiBold)
    painter.save()
    painter.setFont(font)
    width = painter.fontMetrics().horizontalAdvance(word) + 14
    ground = QColor(color)
    ground.setAlpha(44)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    box = QRectF(left, top, width, CHIP_PX)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(color))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
    painter.restore()
    return width
