"""Thresholds now and as proposed, one above the other, with the defect-free scores between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.theme import Palette
from core.domain.detections import ModelVerdict
from core.domain.words import MODEL_WORDS

BAND_PX, SCORES_PX, NUMBERS_PX, GAP_PX = 18, 18, 18, 4
LABEL_PX = 74
DOT_PX = 2.5
Cuts = tuple[float, float]  # (unknown_at, ng_at)


@dataclass(frozen=True, slots=True)
class CutPicture:
    """What is drawn: cuts in [0, 1] and the scores that the new ones come from."""

    now: Cuts
    then: Cuts
    scores: Sequence[float] = ()


class CutBands(QWidget):
    """Two scales in the verdicts' colours; empty without a picture."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._picture: CutPicture | None = None
        self.setFixedHeight(2 * (BAND_PX + NUMBERS_PX) + SCORES_PX + 2 * GAP_PX)

    def set_picture(self, picture: CutPicture | None) -> None:
        """Show this."""
        self._picture = picture
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both scales and the scores."""
        if self._picture is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_row(painter, 0, "Now", self._picture.now)
        middle = BAND_PX + NUMBERS_PX + GAP_PX
        self._paint_scores(painter, middle + SCORES_PX / 2, self._picture.scores)
        self._paint_row(painter, middle + SCORES_PX + GAP_PX, "Proposed", self._picture.then)
        painter.end()

    def _paint_row(self, painter: QPainter, top: int, label: str, cuts: Cuts) -> None:
        painter.setPen(QColor(self._palette.text))
        vertical = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, LABEL_PX, BAND_PX), vertical | Qt.AlignmentFlag.AlignLeft, label)
        ends = (0.0, *cuts, 1.0)
        for verdict, start, end in zip(ModelVerdict, ends[:-1], ends[1:], strict=True):
            self._paint_part(painter, top, verdict, self._x_of(start), self._x_of(end))
        self._paint_numbers(painter, top + BAND_PX, cuts)

    def _paint_part(
        self, painter: QPainter, top: int, verdict: ModelVerdict, left: float, right: float
    ) -> None:
        color = QColor(self._palette.of_model_verdict(verdict))
        box = QRectF(left + 0.5, top, max(right - left - 1, 1), BAND_PX)
        ground = QColor(color)
        ground.setAlpha(60)
        painter.fillRect(box, ground)
        if painter.fontMetrics().horizontalAdvance(MODEL_WORDS[verdict]) + 4 <= box.width():
            painter.setPen(color)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, MODEL_WORDS[verdict])

    def _paint_numbers(self, painter: QPainter, top: int, cuts: Cuts) -> None:
        """The lower number ends at its threshold and the upper one begins at its own: they cannot meet."""
        painter.setPen(QColor(self._palette.muted))
        lower, upper = (f"{cut:.3f}" for cut in cuts)
        room = painter.fontMetrics().horizontalAdvance(upper)
        start = min(max(self._x_of(cuts[1]), LABEL_PX + room + 8), self.width() - room)
        end = min(max(self._x_of(cuts[0]), LABEL_PX + room), start - 6)
        vertical = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(start, top, room + 1, NUMBERS_PX), vertical | Qt.AlignmentFlag.AlignLeft, upper
        )
        painter.drawText(QRectF(0, top, end, NUMBERS_PX), vertical | Qt.AlignmentFlag.AlignRight, lower)

    def _paint_scores(self, painter: QPainter, y: float, scores: Sequence[float]) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        color = QColor(self._palette.text)
        color.setAlpha(150)
        painter.setBrush(color)
        for score in scores:
            painter.drawEllipse(QPointF(self._x_of(score), y), DOT_PX, DOT_PX)

    def _x_of(self, score: float) -> float:
        return LABEL_PX + min(max(score, 0.0), 1.0) * (self.width() - LABEL_PX - 1)
