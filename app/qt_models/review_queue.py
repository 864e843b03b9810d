"""The review queue as a virtual list: rows are looked up when they are painted, thumbnails asked for then."""

from collections import OrderedDict
from collections.abc import Sequence
from itertools import compress, count
from operator import is_not, ne
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage

from core.domain.ids import ImageId
from core.domain.review import ReviewItem

Index = QModelIndex | QPersistentModelIndex
ITEM_ROLE = int(Qt.ItemDataRole.UserRole)
THUMBNAIL_ROLE = ITEM_ROLE + 1
THUMBNAILS_KEPT = 1500  # about 40 MB
STEPS_AT_MOST = 100  # more rows than this leave and come by a reset
NO_PARENT = QModelIndex()


class ReviewQueueModel(QAbstractListModel):
    """Items of a lot in the order of the queue.

    Rows that stay are kept as they are: after a decision Qt hears of one changed row, one that left or one that
    came, so that scroll position and selection survive. Only another filter or order resets the list.
    """

    thumbnail_wanted = Signal(object)  # ReviewItem

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: Sequence[ReviewItem] = ()
        self._order: tuple[int, ...] = ()
        self._thumbnails: OrderedDict[ImageId, QImage | None] = OrderedDict()
        self._asked: dict[ImageId, int] = {}

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Number of listed images."""
        return 0 if parent.isValid() else len(self._order)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, item, or thumbnail; asking for a thumbnail that is not there wishes for it."""
        if not index.isValid():
            return None
        item = self._items[self._order[index.row()]]
        if role == ITEM_ROLE:
            return item
        if role == THUMBNAIL_ROLE:
            return self._thumbnail(self._order[index.row()])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return item.record.name
        return None

    def set_rows(self, items: Sequence[ReviewItem], order: Sequence[int], *, same_query: bool) -> None:
        """Show these items in this order.

        Args:
            items: of the lot.
            order: positions in `items`, top first.
            same_query: filter and order are as before, so that only single rows can have moved.
        """
        if not same_query or len(self._items) != len(items):
            self._reset(items, order)
            return
        changed = set(compress(count(), map(is_not, self._items, items)))
        self._items = items
        if self._order != order:
            self._reorder(order)
        for row in [row for row, place in enumerate(order) if place in changed] if changed else ():
            self.dataChanged.emit(self.index(row), self.index(row))

    def forget_thumbnails(self) -> None:
        """Another lot was opened."""
        self._thumbnails.clear()
        self._asked.clear()

    def set_thumbnail(self, image_id: ImageId, pixels: NDArray[np.uint8] | None) -> None:
        """Keep a thumbnail and paint it; None when there is none to be had."""
        self._thumbnails[image_id] = None if pixels is None else to_image(pixels)
        while len(self._thumbnails) > THUMBNAILS_KEPT:
            self._thumbnails.popitem(last=False)
        place = self._asked.pop(image_id, None)
        if place in self._order:
            index = self.index(self._order.index(place))
            self.dataChanged.emit(index, index, [THUMBNAIL_ROLE])

    def _thumbnail(self, place: int) -> QImage | None:
        item = self._items[place]
        if item.image_id in self._thumbnails:
            self._thumbnails.move_to_end(item.image_id)
            return self._thumbnails[item.image_id]
        self._asked[item.image_id] = place
        self.thumbnail_wanted.emit(item)
        return None

    def _reset(self, items: Sequence[ReviewItem], order: Sequence[int]) -> None:
        self.beginResetModel()
        self._items, self._order = items, tuple(order)
        self.endResetModel()

    def _reorder(self, new: Sequence[int]) -> None:
        old = self._order
        head = _common_length(old, new)
        tail = min(_common_length(old[::-1], new[::-1]), len(old) - head, len(new) - head)
        before, after = set(old[head : len(old) - tail]), set(new[head : len(new) - tail])
        gone, come = before - after, after - before
        if len(gone) + len(come) > STEPS_AT_MOST:
            self._reset(self._items, new)
            return
        self._remove(gone)
        self._permute([place for place in new if place not in come] if come else new)
        self._insert(come, new)

    def _remove(self, gone: set[int]) -> None:
        for place in gone:
            row = self._order.index(place)
            self.beginRemoveRows(NO_PARENT, row, row)
            self._order = (*self._order[:row], *self._order[row + 1 :])
            self.endRemoveRows()

    def _insert(self, come: set[int], new: Sequence[int]) -> None:
        for row in sorted(new.index(place) for place in come):
            self.beginInsertRows(NO_PARENT, row, row)
            self._order = (*self._order[:row], new[row], *self._order[row:])
            self.endInsertRows()

    def _permute(self, new: Sequence[int]) -> None:
        """Move rows without adding or dropping any; cursor and selection move along."""
        if self._order == tuple(new):
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        places = [self._order[index.row()] for index in held]
        self._order = tuple(new)
        self.changePersistentIndexList(held, [self.index(self._order.index(place)) for place in places])
        self.layoutChanged.emit()


def _common_length(first: Sequence[int], second: Sequence[int]) -> int:
    """How many leading entries are equal."""
    return next(compress(count(), map(ne, first, second)), min(len(first), len(second)))


def to_image(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage of its own copy of (h, w) grey or (h, w, 3) RGB uint8 pixels."""
    held = np.ascontiguousarray(pixels)
    height, width = held.shape[:2]
    if held.ndim == 3:
        return QImage(held.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    return QImage(held.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
