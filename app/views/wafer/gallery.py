"""The listed images as a grid of pictures beside the map."""

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
)

from app.theme import Palette, with_role
from app.views.review.queue_delegate import RowRoles
from app.views.wafer.grid_model import GridModel
from core.domain.lots import FailedImage
from core.domain.review import ReviewItem

CELL_PX, GAP_PX, MARK_PX = 92, 8, 4
LEAST_COLUMNS = 2


class PictureDelegate(QStyledItemDelegate):
    """The picture, below it the engineer's word by its colour, else the model's; a frame where it is selected."""

    def __init__(self, palette: Palette, roles: RowRoles) -> None:
        super().__init__()
        self._palette, self._roles = palette, roles

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell."""
        item: ReviewItem | None = index.data(self._roles.item)
        if item is None:
            return
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        side = min(cell.width(), cell.height()) - GAP_PX
        box = QRect(0, 0, side, side)
        box.moveCenter(cell.center())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(cell, QColor(self._palette.surface))
        painter.fillRect(box, QColor(self._palette.canvas))
        self._paint_picture(painter, box, item, index.data(self._roles.thumbnail))
        painter.fillRect(box.adjusted(0, side - MARK_PX, 0, 0), QColor(self._color(item)))
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(self._palette.accent), 3))
            painter.drawRect(box.adjusted(1, 1, -2, -2))
        painter.restore()

    def _paint_picture(self, painter: QPainter, box: QRect, item: ReviewItem, image: QImage | None) -> None:
        if isinstance(item.record, FailedImage):
            painter.setPen(QColor(self._palette.failed))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "Unreadable")
        elif image is not None:
            size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(0, 0, size.width(), size.height())
            target.moveCenter(box.center())
            painter.drawImage(target, image)

    def _color(self, item: ReviewItem) -> str:
        if item.is_decided:
            return self._palette.of_verdict(item.judgement.verdict)
        if item.detection is None:
            return self._palette.border
        return self._palette.of_model_verdict(item.detection.verdict)


class PictureGrid(QTableView):
    """As many columns as there is room for."""

    columns_wanted = Signal(int)

    def __init__(self, model: GridModel, delegate: PictureDelegate) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(delegate)
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setDefaultSectionSize(CELL_PX)
            header.hide()
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName("Pictures of the listed images")

    def minimumSizeHint(self) -> QSize:
        """Two columns."""
        bar_px = self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth()
        return QSize(LEAST_COLUMNS * CELL_PX + bar_px, 2 * CELL_PX)

    def sizeHint(self) -> QSize:
        """As little as it needs: the rest is the map's."""
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the width."""
        super().resizeEvent(event)
        columns = max(1, self.viewport().width() // CELL_PX)
        self.horizontalHeader().setDefaultSectionSize(self.viewport().width() // columns)
        self.columns_wanted.emit(columns)


class Gallery(QFrame):
    """A heading with the number of images, and the pictures."""

    row_chosen = Signal(int)
    row_opened = Signal(int)

    def __init__(self, images: QAbstractListModel, roles: RowRoles, palette: Palette) -> None:
        super().__init__()
        self._model, self._setting, self._current = GridModel(images, self), False, -1
        self._delegate = PictureDelegate(palette, roles)
        self.grid = PictureGrid(self._model, self._delegate)
        self._count = with_role(QLabel(), "muted")
        self.grid.columns_wanted.connect(self._model.set_columns)
        self.grid.selectionModel().currentChanged.connect(lambda cell, _old: self._on_current(cell))
        self.grid.activated.connect(self._on_activated)
        self._model.modelReset.connect(self._on_reset)
        self._lay_out()
        self._show_count()

    def set_current(self, row: int | None) -> None:
        """Put the frame around an image; nobody is told."""
        self._current = -1 if row is None else row
        cell = QModelIndex() if row is None else self._model.cell(row)
        if cell == self.grid.currentIndex():
            return
        self._setting = True
        self.grid.selectionModel().setCurrentIndex(cell, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._setting = False
        if cell.isValid():
            self.grid.scrollTo(cell)

    def selected_rows(self) -> tuple[int, ...]:
        """Rows of the list whose pictures are selected, first to last."""
        places = (self._model.place(cell) for cell in self.grid.selectedIndexes())
        return tuple(sorted(place for place in places if place is not None))

    def _on_current(self, cell: QModelIndex) -> None:
        place = self._model.place(cell)
        if place is not None and not self._setting:
            self._current = place
            self.row_chosen.emit(place)

    def _on_activated(self, cell: QModelIndex) -> None:
        place = self._model.place(cell)
        if place is not None:
            self.row_opened.emit(place)

    def _on_reset(self) -> None:
        """Other columns, or other images: the frame stays on its row until somebody says otherwise."""
        if 0 <= self._current < self._model.item_count:
            self.set_current(self._current)
        self._show_count()

    def _show_count(self) -> None:
        count = self._model.item_count
        self._count.setText(f"{count:,} image{'' if count == 1 else 's'}")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(with_role(QLabel("Gallery"), "heading"), 1)
        head.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 12, 4, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.grid, 1)
