"""Classes: found by typing, assigned by slot key or click, made on the spot when the name is new."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from app.theme import Palette
from app.views.review.search_field import SearchField
from core.domain.decisions import DefectClass
from core.domain.ids import ClassId
from core.domain.lengths import CLASS_NAME_LENGTH

ROW_PX = 26
CLASS_ROLE = int(Qt.ItemDataRole.UserRole)
KEY_PX = 18


def find_classes(classes: Sequence[DefectClass], text: str) -> tuple[DefectClass, ...]:
    """Classes whose name contains the text, those that begin with it first."""
    wanted = text.strip().casefold()
    found = [known for known in classes if wanted in known.name.casefold()]
    return tuple(sorted(found, key=lambda known: not known.name.casefold().startswith(wanted)))


class ClassDelegate(QStyledItemDelegate):
    """Key, colour, name."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for all rows."""
        return QSize(80, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a class."""
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(self._palette.selection))
        found: DefectClass | None = index.data(CLASS_ROLE)
        if found is not None:
            self._paint_key(painter, box, found)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(found.color))
            painter.drawEllipse(QRectF(box.left() + KEY_PX + 16, box.center().y() - 4, 9, 9))
        painter.setPen(QColor(self._palette.text if found else self._palette.accent))
        words = box.adjusted(KEY_PX + 34, 0, -6, 0)
        name = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def _paint_key(self, painter: QPainter, box: QRect, found: DefectClass) -> None:
        if found.slot is None:
            return
        cap = QRectF(box.left() + 7, box.center().y() - KEY_PX / 2 + 1, KEY_PX, KEY_PX)
        painter.setPen(QColor(self._palette.border))
        painter.setBrush(QColor(self._palette.raised))
        painter.drawRoundedRect(cap, 4, 4)
        painter.setPen(QColor(self._palette.muted))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, str(found.slot))


class HintedList(QListWidget):
    """A list that says what to do while it is empty."""

    def __init__(self, hint: str, palette: Palette) -> None:
        super().__init__()
        self._hint, self._color = hint, QColor(palette.muted)

    def minimumSizeHint(self) -> QSize:
        """Three rows: the panel may be as low as that before it scrolls."""
        return QSize(super().minimumSizeHint().width(), 3 * ROW_PX)

    def sizeHint(self) -> QSize:
        """No more than that: the list is stretched over what the others leave, and a scroll area asks for the hint."""
        return self.minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, or else the hint."""
        super().paintEvent(event)
        if not self.count():
            painter = QPainter(self.viewport())
            painter.setPen(self._color)
            flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(10, 8, -10, -8), int(flags), self._hint)
            painter.end()


class ClassList(QFrame):
    """Setters and wishes."""

    class_chosen = Signal(int)  # ClassId
    class_named = Signal(str)  # a name that no class has yet

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.search = SearchField("Find or add a class…  (C)")
        self.search.setMaxLength(CLASS_NAME_LENGTH)
        self.list = HintedList("No class yet. Press C, type a name, and Enter makes it.", palette)
        self.list.setItemDelegate(ClassDelegate(palette))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._classes: tuple[DefectClass, ...] = ()
        self._current: ClassId | None = None
        self.search.textEdited.connect(lambda _text: self._fill())
        self.search.returnPressed.connect(self._take_first)
        self.list.itemClicked.connect(self._take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)

    def set_classes(self, classes: Sequence[DefectClass]) -> None:
        """Offer these."""
        self._classes = tuple(classes)
        self._fill()

    def set_current(self, class_id: ClassId | None) -> None:
        """Mark the class of the current image."""
        self._current = class_id
        self._mark()

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _fill(self) -> None:
        text = self.search.text().strip()
        self.list.clear()
        for found in find_classes(self._classes, text):
            row = QListWidgetItem(found.name, self.list)
            row.setData(CLASS_ROLE, found)
        if text and all(known.name.casefold() != text.casefold() for known in self._classes):
            QListWidgetItem(f"New class “{text}”", self.list)
        self._mark()

    def _mark(self) -> None:
        self.list.clearSelection()
        for row in range(self.list.count()):
            found: DefectClass | None = self.list.item(row).data(CLASS_ROLE)
            if found is not None and found.id == self._current:
                self.list.item(row).setSelected(True)
                self.list.scrollToItem(self.list.item(row))

    def _take_first(self) -> None:
        if self.search.text().strip() and self.list.count():
            self._take(self.list.item(0))

    def _take(self, row: QListWidgetItem) -> None:
        found: DefectClass | None = row.data(CLASS_ROLE)
        name = self.search.text().strip()
        self.search.clear()
        self._fill()
        if found is not None:
            self.class_chosen.emit(found.id)
        else:
            self.class_named.emit(name)
