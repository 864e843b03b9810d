"""The Pareto: a bar a class, the longest first, with the line of what they add up to. Chosen bars are a filter."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app.theme import Palette

BAR_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_PX, BAR_PX, PAD_PX = 38, 9, 8
FADED = 0.35


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """A bar.

    Attributes:
        color: "#rrggbb", as on the map.
        length: of the longest bar, 0 to 1.
        share, before, cumulative: of all, of all above it, and of both, 0 to 1.
    """

    name: str
    color: str
    value_text: str
    length: float
    share: float
    before: float
    cumulative: float
    tip: str


class ParetoDelegate(QStyledItemDelegate):
    """Name, number and share above the bar; the cumulative line runs down over all rows."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.has_choice = False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for all."""
        return QSize(120, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        row: ParetoRow = index.data(BAR_ROLE)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.fillRect(box, QColor(self._palette.selection))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), QColor(self._palette.accent))
        inner = box.adjusted(PAD_PX, 4, -PAD_PX, -4)
        painter.setOpacity(1.0 if chosen or not self.has_choice else FADED)
        self._paint_bar(painter, inner, row)
        self._paint_line(painter, box, inner, row)
        painter.setOpacity(1.0)
        self._paint_words(painter, inner, row)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRect, row: ParetoRow) -> None:
        metrics = painter.fontMetrics()
        number = f"{row.value_text}  ·  {row.share:.1%}"
        width = metrics.horizontalAdvance(number) + 10
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, number)
        painter.setPen(QColor(self._palette.text))
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, box.width() - width)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, name)

    def _paint_bar(self, painter: QPainter, box: QRect, row: ParetoRow) -> None:
        track = QRect(box.left(), box.bottom() - BAR_PX + 1, box.width(), BAR_PX)
        painter.fillRect(track, QColor(self._palette.raised))
        width = max(2, round(track.width() * row.length))
        painter.fillRect(QRect(track.left(), track.top(), width, BAR_PX), QColor(row.color))

    def _paint_line(self, painter: QPainter, row_box: QRect, box: QRect, row: ParetoRow) -> None:
        painter.setPen(QPen(QColor(self._palette.border), 1.6))
        middle = box.bottom() - BAR_PX // 2
        above = QPoint(box.left() + round(box.width() * row.before), middle - row_box.height())
        here = QPoint(box.left() + round(box.width() * row.cumulative), middle)
        painter.setClipRect(row_box)
        if row.before > 0:
            painter.drawLine(above, here)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.text))
        painter.drawEllipse(here, 2, 2)


class ParetoList(QListView):
    """A click chooses a class, a click on the only chosen one lets it go, Ctrl and Shift choose several."""

    classes_chosen = Signal(object)  # tuple[str, ...]

    def __init__(self, model: QAbstractListModel, palette: Palette) -> None:
        super().__init__()
        self._delegate = ParetoDelegate(palette)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Pareto of the classes")
        self._setting = False
        self.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())

    def show_choice(self, names: Iterable[str]) -> None:
        """Mark the bars of these classes; nobody is told."""
        wanted, selection = {name.casefold() for name in names}, QItemSelection()
        for row in range(self.model().rowCount()):
            index = self.model().index(row, 0)
            if index.data(BAR_ROLE).name.casefold() in wanted:
                selection.select(index, index)
        self._setting = True
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._setting = False
        self._delegate.has_choice = bool(wanted)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The only chosen bar is let go by another click on it."""
        chosen, pressed = self.selectedIndexes(), self.indexAt(event.position().toPoint())
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        if plain and len(chosen) == 1 and chosen[0] == pressed:
            self.clearSelection()
        else:
            super().mousePressEvent(event)

    def _on_selection(self) -> None:
        if not self._setting:
            chosen = sorted(self.selectedIndexes(), key=lambda index: index.row())
            self.classes_chosen.emit(tuple(index.data(BAR_ROLE).name for index in chosen))
