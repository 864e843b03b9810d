"""Where an image's score lies between OK, Unknown and NG."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.theme import Palette
from app.views.review.words import MODEL_WORDS
from core.domain.detections import ModelVerdict

HEIGHT_PX, BAND_TOP_PX, BAND_PX = 40, 7, 16
INSET_PX = 5  # half the mark, so that a score at an end is whole
FONT_POINTS = 8.5


@dataclass(frozen=True, slots=True)
class Band:
    """A score with the thresholds that were in force; `unknown_at` is None where it was not kept."""

    score: float
    unknown_at: float | None
    ng_at: float

    @property
    def limits(self) -> tuple[float, float]:
        """The ends of the scale: 0 and 1, or what lies outside."""
        shown = (self.score, self.ng_at, self.ng_at if self.unknown_at is None else self.unknown_at)
        return min(0.0, *shown), max(1.0, *shown)

    def parts(self) -> list[tuple[ModelVerdict | None, float, float]]:
        """The verdicts with the scores they reach from and to; None is what is not known to be OK or Unknown."""
        low, high = self.limits
        above = (ModelVerdict.NG, self.ng_at, high)
        if self.unknown_at is None:
            return [(None, low, self.ng_at), above]
        below = (ModelVerdict.OK, low, self.unknown_at)
        return [below, (ModelVerdict.UNKNOWN, self.unknown_at, self.ng_at), above]


class ScoreBand(QWidget):
    """A scale in the verdicts' colours, a mark at the score, the thresholds as numbers; empty without a score."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._band: Band | None = None
        self.setFixedHeight(HEIGHT_PX)

    def set_band(self, band: Band | None) -> None:
        """Show this."""
        self._band = band
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw scale, thresholds and mark."""
        if self._band is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(painter.font())
        font.setPointSizeF(FONT_POINTS)
        painter.setFont(font)
        mark = self._x_of(self._band.score)
        for verdict, start, end in self._band.parts():
            self._paint_part(painter, verdict, self._x_of(start), self._x_of(end), mark)
        self._paint_thresholds(painter, self._band)
        self._paint_mark(painter, mark)
        painter.end()

    def _paint_part(
        self, painter: QPainter, verdict: ModelVerdict | None, left: float, right: float, mark: float
    ) -> None:
        color = QColor(self._palette.muted if verdict is None else self._palette.of_model_verdict(verdict))
        box = QRectF(left + 0.5, BAND_TOP_PX, max(right - left - 1, 1), BAND_PX)
        ground = QColor(color)
        ground.setAlpha(60)
        painter.fillRect(box, ground)
        word = "" if verdict is None else MODEL_WORDS[verdict]
        room = painter.fontMetrics().horizontalAdvance(word) + 2 * INSET_PX
        place = QRectF(box.center().x() - room / 2, BAND_TOP_PX, room, BAND_PX)
        if place.left() <= mark <= place.right():  # beside the mark, not under it
            place.moveLeft(mark if mark + room <= box.right() else mark - room)
        if box.contains(place):
            painter.setPen(color)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_thresholds(self, painter: QPainter, band: Band) -> None:
        """The lower number left of its threshold, the upper one right of its own: they cannot meet."""
        painter.setPen(QColor(self._palette.muted))
        line = QRectF(0, BAND_TOP_PX + BAND_PX + 1, self.width(), HEIGHT_PX - BAND_TOP_PX - BAND_PX - 1)
        vertical = Qt.AlignmentFlag.AlignVCenter
        upper = f"{band.ng_at:.3f}"
        room = painter.fontMetrics().horizontalAdvance(upper)
        left = min(max(self._x_of(band.ng_at), room + 5), self.width() - room)
        painter.drawText(line.adjusted(left, 0, 0, 0), vertical | Qt.AlignmentFlag.AlignLeft, upper)
        if band.unknown_at is not None and band.unknown_at < band.ng_at:
            right = max(self._x_of(band.unknown_at), room)
            box = QRectF(0, line.top(), min(right, left - 4), line.height())
            painter.drawText(box, vertical | Qt.AlignmentFlag.AlignRight, f"{band.unknown_at:.3f}")

    def _paint_mark(self, painter: QPainter, x: float) -> None:
        color = QColor(self._palette.text)
        painter.setPen(QPen(color, 2))
        painter.drawLine(QPointF(x, BAND_TOP_PX), QPointF(x, BAND_TOP_PX + BAND_PX))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(
            QPolygonF([QPointF(x - INSET_PX, 0), QPointF(x + INSET_PX, 0), QPointF(x, BAND_TOP_PX)])
        )

    def _x_of(self, score: float) -> float:
        low, high = (0.0, 1.0) if self._band is None else self._band.limits
        return INSET_PX + (score - low) / (high - low) * (self.width() - 2 * INSET_PX)
