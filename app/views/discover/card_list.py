"""The cluster cards: chosen by click, and a place to drop crops on."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from app.theme import Palette
from app.views.discover.card import CARD_ROLE, CardDelegate, ClusterCard
from app.views.discover.crop_strip import Picture

CROPS_MIME = "application/x-residua-crops"


class CardList(QListView):
    """Says which cards are chosen, top first, and on which one crops were dropped."""

    cards_chosen = Signal(object)  # tuple[int, ...]: cluster ids
    name_requested = Signal()
    crops_dropped = Signal(int)  # cluster id; 0 for a new group

    def __init__(self, model: QAbstractListModel, picture: Picture, palette: Palette) -> None:
        super().__init__()
        self.setModel(model)
        self._delegate = CardDelegate(picture, palette)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAcceptDrops(True)
        self._telling = True
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self.doubleClicked.connect(lambda _index: self.name_requested.emit())

    def choose(self, cluster_ids: Sequence[int]) -> None:
        """Mark these cards, and see that the first is visible."""
        self._telling = False
        selection = QItemSelection()
        for row in range(self.model().rowCount()):
            index = self.model().index(row, 0)
            if index.data(CARD_ROLE).cluster_id in cluster_ids:
                selection.select(index, index)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if selection.indexes():
            first = selection.indexes()[0]
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first)
        self._telling = True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Crops may come."""
        if event.mimeData().hasFormat(CROPS_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Onto a card, not between."""
        if event.mimeData().hasFormat(CROPS_MIME) and self.indexAt(event.position().toPoint()).isValid():
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Say where they were dropped; what was dragged is what is selected in the grid."""
        index = self.indexAt(event.position().toPoint())
        if event.mimeData().hasFormat(CROPS_MIME) and index.isValid():
            event.acceptProposedAction()
            card: ClusterCard = index.data(CARD_ROLE)
            self.crops_dropped.emit(card.cluster_id)

    def _on_selected(self) -> None:
        if self._telling:
            rows = sorted(index.row() for index in self.selectedIndexes())
            cards = [self.model().index(row, 0).data(CARD_ROLE) for row in rows]
            self.cards_chosen.emit(tuple(card.cluster_id for card in cards if card.cluster_id))
