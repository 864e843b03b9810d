"""A short list of images to look at next, and why these."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
)

from app.theme import with_role

ID_ROLE = Qt.ItemDataRole.UserRole
SHORTEST_PX = 64


class ImageList(QFrame):
    """Setters and wishes."""

    image_requested = Signal(int)  # ImageId
    started = Signal()

    def __init__(self, title: str, button: str) -> None:
        super().__init__()
        with_role(self, "panel")
        self._words = with_role(QLabel(wordWrap=True), "muted")
        self.list = QListWidget()
        self.list.setMinimumHeight(SHORTEST_PX)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemActivated.connect(lambda row: self.image_requested.emit(row.data(ID_ROLE)))
        self.start = QPushButton(button)
        self.start.clicked.connect(self.started)
        head = QHBoxLayout()
        head.addWidget(with_role(QLabel(title), "heading"), 1)
        head.addWidget(self.start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._words)
        layout.addWidget(self.list, 1)

    def set_images(self, words: str, images: Sequence[tuple[int, str]]) -> None:
        """Id and text of each, the most wanted first; and what is said of them."""
        self._words.setText(words)
        self.list.clear()
        for image_id, text in images:
            row = QListWidgetItem(text)
            row.setData(ID_ROLE, image_id)
            self.list.addItem(row)
        self.start.setEnabled(bool(images))
