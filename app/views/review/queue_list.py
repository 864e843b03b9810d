"""The virtual list of the queue, and when a click or key of its own is over."""

from PySide6.QtCore import QAbstractItemModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.views.review.queue_delegate import ROW_PX, QueueDelegate


class QueueList(QTableView):
    """A table of one column: unlike a list view it reaches any of 100,000 rows without laying out the others.

    Letters belong to the review's keys, not to a search by name.

    Attributes:
        held: Qt is in the middle of a click or key. It moves the cursor first and selects what then lies under the
            mouse: rows that left the list between the two would make it select the neighbour.
    """

    let_go = Signal()

    def __init__(self, model: QAbstractItemModel, delegate: QueueDelegate) -> None:
        super().__init__()
        self.held = False
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().hide()
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass letters on."""
        if event.text().isprintable() and event.text() and not event.modifiers():
            event.ignore()
        else:
            self.held = True
            super().keyPressEvent(event)
            self._let_go()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click, or a drag over several rows."""
        self.held = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End it."""
        super().mouseReleaseEvent(event)
        self._let_go()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """End it too: another window may have taken the mouse away before the button came up."""
        super().focusOutEvent(event)
        self._let_go()

    def _let_go(self) -> None:
        if self.held:
            self.held = False
            self.let_go.emit()
