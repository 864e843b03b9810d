"""Cluster cards and crops as rows."""

import json
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.views.discover.card import CARD_ROLE, ClusterCard
from app.views.discover.card_list import CROPS_MIME
from app.views.discover.crop_grid import COLOR_ROLE, CROP_ID_ROLE

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class CardsModel(QAbstractListModel):
    """Rows are frozen ClusterCard records."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cards: tuple[ClusterCard, ...] = ()

    def set_cards(self, cards: Sequence[ClusterCard]) -> None:
        """Show these; the scroll place stays when the groups are the same."""
        same = [card.cluster_id for card in cards] == [card.cluster_id for card in self._cards]
        if same:
            self._cards = tuple(cards)
            self.refresh()
            return
        self.beginResetModel()
        self._cards = tuple(cards)
        self.endResetModel()

    def refresh(self) -> None:
        """Pictures or figures are others now."""
        if self._cards:
            self.dataChanged.emit(self.index(0), self.index(len(self._cards) - 1))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Cards."""
        return 0 if parent.isValid() else len(self._cards)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The card, and its words for whoever reads the screen aloud."""
        card = self._cards[index.row()]
        if role == CARD_ROLE:
            return card
        if role == Qt.ItemDataRole.DisplayRole:
            return card.name
        if role == Qt.ItemDataRole.ToolTipRole and card.cluster_id:
            return f"{card.name}, {card.size}\n{card.figures}\n{card.nearest}".strip()
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The place for a new group only takes drops."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsDropEnabled
        named = index.isValid() and self._cards[index.row()].cluster_id
        return flags | Qt.ItemFlag.ItemIsSelectable if named else flags


class CropsModel(QAbstractListModel):
    """Crops by their id, with the colour of their group."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops: tuple[tuple[int, str], ...] = ()

    def set_crops(self, crops: Sequence[tuple[int, str]]) -> None:
        """Show these; ids and colours. A selection stays where only colours changed."""
        if [crop_id for crop_id, _ in crops] == [crop_id for crop_id, _ in self._crops]:
            self._crops = tuple(crops)
            self.refresh()
            return
        self.beginResetModel()
        self._crops = tuple(crops)
        self.endResetModel()

    def refresh(self) -> None:
        """Pictures are there now."""
        if self._crops:
            self.dataChanged.emit(self.index(0), self.index(len(self._crops) - 1))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        """Crops."""
        return 0 if parent.isValid() else len(self._crops)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Id and colour."""
        crop_id, color = self._crops[index.row()]
        return {CROP_ID_ROLE: crop_id, COLOR_ROLE: color}.get(role)

    def flags(self, _index: Index) -> Qt.ItemFlag:
        """All of them can be dragged."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """What is dragged."""
        return [CROPS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The ids of the dragged crops."""
        made = QMimeData()
        ids = [self._crops[index.row()][0] for index in indexes]
        made.setData(CROPS_MIME, json.dumps(ids).encode())
        return made
