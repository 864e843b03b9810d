"""Crops as a grid of pictures, to look at, to select and to drag."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from app.theme import Palette, with_role
from app.views.discover.crop_strip import Picture, paint_picture

CROP_ID_ROLE, COLOR_ROLE = int(Qt.ItemDataRole.UserRole), int(Qt.ItemDataRole.UserRole) + 1
SIDE_PX, CELL_PX = 84, 94


class CropDelegate(QStyledItemDelegate):
    """The picture, its group's colour below, a frame where it is selected."""

    def __init__(self, picture: Picture, palette: Palette) -> None:
        super().__init__()
        self._picture, self._palette = picture, palette

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for all."""
        return QSize(CELL_PX, CELL_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a crop."""
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        box = QRect(0, 0, SIDE_PX, SIDE_PX)
        box.moveCenter(cell.center())
        painter.save()
        paint_picture(painter, box, self._picture(index.data(CROP_ID_ROLE)), QColor(self._palette.canvas))
        painter.fillRect(box.adjusted(0, SIDE_PX - 3, 0, 0), QColor(index.data(COLOR_ROLE)))
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(self._palette.accent), 3))
            painter.drawRect(box.adjusted(1, 1, -2, -2))
        painter.restore()


class CropGrid(QFrame):
    """A heading, and the pictures."""

    selection_changed = Signal()

    def __init__(self, model: QAbstractListModel, picture: Picture, palette: Palette) -> None:
        super().__init__()
        self._title, self._hint = with_role(QLabel(), "heading"), with_role(QLabel(), "muted")
        self.list = QListView()
        self.list.setModel(model)
        self._delegate = CropDelegate(picture, palette)
        self.list.setItemDelegate(self._delegate)
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setDragEnabled(True)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        self.setMinimumHeight(CELL_PX + 60)
        self._lay_out()

    def set_title(self, title: str, hint: str) -> None:
        """What these crops are, and what can be done with them."""
        self._title.setText(title)
        self._hint.setText(hint)

    def set_hint(self, hint: str) -> None:
        """A word on what a key did."""
        self._hint.setText(hint)

    def selected_rows(self) -> tuple[int, ...]:
        """Places in the grid, first to last."""
        return tuple(sorted(index.row() for index in self.list.selectedIndexes()))

    def select_all(self) -> None:
        """Select every crop of the grid."""
        self.list.selectAll()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addWidget(self._hint, 1, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
