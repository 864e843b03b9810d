"""The discover screen: the map and the crops left, the groups right."""

from PySide6.QtCore import QAbstractListModel, Qt, Signal, SignalInstance
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.theme import Palette, with_role
from app.views.discover.card_list import CardList
from app.views.discover.cluster_map import ClusterMap
from app.views.discover.crop_grid import CropGrid
from app.views.discover.crop_strip import Picture
from app.views.review.message_card import MessageCard

CARDS_PX = 372
LAYOUTS = (("pca", "PCA"), ("tsne", "t-SNE"))


class DiscoverView(QWidget):
    """Setters and wishes; the parts are public so that the presenter connects to them directly."""

    group_requested = Signal()
    name_requested = Signal()
    merge_requested = Signal()
    split_requested = Signal()
    dismiss_requested = Signal()
    alike_requested = Signal()
    layout_chosen = Signal(str)
    shown = Signal()

    def __init__(
        self, cards: QAbstractListModel, crops: QAbstractListModel, picture: Picture, palette: Palette
    ) -> None:
        super().__init__()
        self.map = ClusterMap(palette)
        self.cards = CardList(cards, picture, palette)
        self.grid = CropGrid(crops, picture, palette)
        self._message = MessageCard()
        self._message.pressed.connect(self.group_requested)
        self._summary, self._layout_hint = with_role(QLabel(), "muted"), with_role(QLabel(), "muted")
        self._layouts = {name: QPushButton(word) for name, word in LAYOUTS}
        self.name = with_role(_button("Name…  (N)", self.name_requested), "primary")
        self.merge = _button("Merge  (M)", self.merge_requested)
        self.split = _button("Split  (P)", self.split_requested)
        self.alike = _button("More like this  (S)", self.alike_requested)
        self.dismiss = _button("Dismiss  (Del)", self.dismiss_requested)
        self.again = _button("Group again  (F6)", self.group_requested)
        self._stack = QStackedWidget()
        self._lay_out()

    def say_instead(self, title: str, sentence: str, button: str = "") -> None:
        """Show a message in the place of the groups."""
        self._message.set_message(title, sentence, button)
        self._stack.setCurrentIndex(0)

    def show_groups(self) -> None:
        """Show map, crops and cards."""
        self._stack.setCurrentIndex(1)

    def set_summary(self, text: str) -> None:
        """How many classes, and how sure that is."""
        self._summary.setText(text)

    def set_layout(self, name: str, hint: str, *, tsne_ready: bool) -> None:
        """Which map is shown, and what is said of the other."""
        self._layouts[name].setChecked(True)
        self._layouts["tsne"].setEnabled(tsne_ready)
        self._layout_hint.setText(hint)

    def set_possible(self, *, name: bool, merge: bool, split: bool, dismiss: bool, taken_back: bool) -> None:
        """What can be done with the chosen groups."""
        self.name.setEnabled(name)
        self.merge.setEnabled(merge)
        self.split.setEnabled(split)
        self.dismiss.setEnabled(dismiss)
        self.dismiss.setText("Take back  (Del)" if taken_back else "Dismiss  (Del)")

    def set_grouping(self, on: bool) -> None:
        """Whether the defects are being grouped just now."""
        self.again.setEnabled(not on)
        self.again.setText("Grouping…  the jobs panel (J) stops it" if on else "Group again  (F6)")

    def focus_cards(self) -> None:
        """Give the keyboard to the groups."""
        self.cards.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Groups are looked at now."""
        super().showEvent(event)
        self.shown.emit()
        self.focus_cards()

    def _lay_out(self) -> None:
        left = QSplitter(Qt.Orientation.Vertical)
        left.addWidget(self._map_panel())
        left.addWidget(self.grid)
        left.setSizes([560, 260])
        left.setStretchFactor(0, 1)
        left.setChildrenCollapsible(False)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self._side())
        split.setSizes([900, CARDS_PX])
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 0)
        split.setChildrenCollapsible(False)
        self._stack.addWidget(in_the_middle(self._message))
        self._stack.addWidget(split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _map_panel(self) -> QWidget:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 0)
        bar.setSpacing(6)
        group = QButtonGroup(self)
        for name, button in self._layouts.items():
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _on, chosen=name: self.layout_chosen.emit(chosen))
            group.addButton(button)
            bar.addWidget(button)
        bar.addWidget(self._layout_hint, 1)
        bar.addWidget(with_role(QLabel("Drag: lasso · wheel: zoom · right drag: move · Z: fit"), "muted"))
        panel = QFrame()
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(bar)
        layout.addWidget(self.map, 1)
        return panel

    def _side(self) -> QWidget:
        self._summary.setWordWrap(True)
        buttons = QGridLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.name, 0, 0)
        buttons.addWidget(self.merge, 0, 1)
        buttons.addWidget(self.split, 0, 2)
        buttons.addWidget(self.alike, 1, 0, 1, 2)
        buttons.addWidget(self.dismiss, 1, 2)
        panel = QFrame()
        panel.setMinimumWidth(330)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(8, 12, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(with_role(QLabel("Groups"), "heading"))
        layout.addWidget(self._summary)
        layout.addLayout(buttons)
        layout.addWidget(self.cards, 1)
        layout.addWidget(self.again)
        return panel


def in_the_middle(card: MessageCard) -> QWidget:
    """A message over half of the width: long lines are hard to read."""
    page = QWidget()
    row = QHBoxLayout(page)
    row.addStretch(1)
    row.addWidget(card, 2)
    row.addStretch(1)
    return page


def _button(text: str, wish: SignalInstance) -> QPushButton:
    button = QPushButton(text)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setStyleSheet("padding: 6px 8px;")
    button.clicked.connect(wish)
    return button
