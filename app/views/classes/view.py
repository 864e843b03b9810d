"""The class manager: the class table, and beside it all about the chosen class."""

from PySide6.QtCore import QAbstractTableModel, Qt, Signal, SignalInstance
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.theme import Palette, with_role
from app.views.classes.details import ClassDetails
from app.views.discover.crop_strip import Picture
from app.views.discover.view import in_the_middle
from app.views.review.message_card import MessageCard
from app.views.shell.record_table import record_table

ROW_PX = 38
WIDTHS_PX = {1: 70, 2: 60, 3: 70, 4: 80, 5: 200}
DETAILS_PX = 440
NOTHING = (
    "No class yet",
    "A class is made by naming a group on the Discover screen, by typing a name in the review (C), or here: one by "
    "one, or from a table.",
    "New class…",
)


class ClassesView(QWidget):
    """Setters and wishes."""

    new_requested = Signal()
    import_requested = Signal()
    export_requested = Signal()
    retired_toggled = Signal(bool)
    row_chosen = Signal(int)
    shown = Signal()

    def __init__(self, model: QAbstractTableModel, picture: Picture, palette: Palette) -> None:
        super().__init__()
        self.details = ClassDetails(picture, palette)
        self.table = record_table(model, WIDTHS_PX, ROW_PX)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self._retired = QPushButton("Show retired")
        self._retired.setCheckable(True)
        self._retired.toggled.connect(self.retired_toggled)
        self._empty = MessageCard()
        self._empty.set_message(*NOTHING)
        self._empty.pressed.connect(self.new_requested)
        self._stack = QStackedWidget()
        self._lay_out()

    def set_empty(self, empty: bool) -> None:
        """Explain what to do, or show the table."""
        self._stack.setCurrentIndex(0 if empty else 1)

    def select_row(self, row: int) -> None:
        """Put the cursor on a class."""
        if self.table.currentIndex().row() != row or not self.table.selectionModel().hasSelection():
            self.table.selectRow(row)

    def showEvent(self, event: QShowEvent) -> None:
        """Figures are looked at now."""
        super().showEvent(event)
        self.shown.emit()

    def _on_row(self) -> None:
        row = self.table.currentIndex().row()
        if row >= 0:
            self.row_chosen.emit(row)

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.table)
        split.addWidget(_scrolled(self.details))
        split.setSizes([800, DETAILS_PX])
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 0)
        split.setChildrenCollapsible(False)
        self._stack.addWidget(in_the_middle(self._empty))
        self._stack.addWidget(split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 20, 28, 16)
        layout.setSpacing(14)
        layout.addLayout(self._head())
        layout.addWidget(self._stack, 1)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(with_role(QLabel("Classes"), "title"))
        row.addStretch(1)
        row.addWidget(self._retired)
        row.addWidget(_button("Import…", self.import_requested))
        row.addWidget(_button("Export…", self.export_requested))
        row.addWidget(with_role(_button("New class…", self.new_requested), "primary"))
        return row


def _button(text: str, wish: SignalInstance) -> QPushButton:
    button = QPushButton(text)
    button.clicked.connect(wish)
    return button


def _scrolled(panel: QWidget) -> QScrollArea:
    area = QScrollArea(widgetResizable=True)
    area.setWidget(with_role(panel, "panel"))
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(380)
    return area
