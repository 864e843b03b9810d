"""The wafer screen: filters in force above, then the map, the gallery, and what is shown on them."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.theme import Palette, with_role
from app.views.filter_chips import FilterChip, FilterChips
from app.views.review.message_card import MessageCard
from app.views.review.queue_delegate import RowRoles
from app.views.shell.elided_label import ElidedLabel
from app.views.wafer.gallery import Gallery
from app.views.wafer.side_panel import SidePanel
from app.views.wafer.wafer_map import WaferMapWidget

GALLERY_PX = 226


@dataclass(frozen=True, slots=True)
class WaferModels:
    """What the lists of the screen show: the queue's images, and the bars."""

    images: QAbstractListModel
    roles: RowRoles
    bars: QAbstractListModel


class WaferView(QWidget):
    """Puts the parts together; they have setters and wishes of their own."""

    chip_removed = Signal(str)
    all_requested = Signal()

    def __init__(
        self,
        zones: Sequence[tuple[str, str]],
        measures: Sequence[tuple[str, str, str]],
        models: WaferModels,
        palette: Palette,
    ) -> None:
        super().__init__()
        self.map = WaferMapWidget(palette)
        self.gallery = Gallery(models.images, models.roles, palette)
        self.panel = SidePanel(zones, measures, models.bars, palette)
        self.chips = FilterChips(QBoxLayout.Direction.LeftToRight)
        self._hint = with_role(ElidedLabel(), "muted")
        self._all = with_role(QPushButton("Show all"), "flat")
        self._all.setToolTip("Take all filters away (Esc)")
        self._all.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._card = MessageCard()
        self._stack = QStackedWidget()
        self.chips.removed.connect(self.chip_removed)
        self._all.clicked.connect(self.all_requested)
        self.panel.fit_requested.connect(self.map.fit)
        self._lay_out()

    @property
    def shows_map(self) -> bool:
        """Whether there is a wafer to show."""
        return self._stack.currentWidget() is not self._card and not self.map.isHidden()

    def say_instead(self, title: str, sentence: str) -> None:
        """A sentence in the place of everything."""
        self._card.set_message(title, sentence)
        self._stack.setCurrentWidget(self._card)

    def show_lot(self, *, with_map: bool) -> None:
        """The lot in the place of the sentence; without a map the gallery takes its room."""
        self.map.setVisible(with_map)
        self.panel.fit.setEnabled(with_map)
        self._stack.setCurrentIndex(1)

    def set_chips(self, chips: Sequence[FilterChip], hint: str) -> None:
        """Show the filters in force, and a word beside them."""
        self.chips.set_chips(chips)
        self._all.setVisible(bool(chips))
        self._hint.setText(hint)

    def set_hint(self, hint: str) -> None:
        """A word on what was done."""
        self._hint.setText(hint)

    def _lay_out(self) -> None:
        bar = QFrame()
        head = QHBoxLayout(bar)
        head.setContentsMargins(12, 8, 8, 6)
        head.setSpacing(8)
        head.addWidget(self.chips)
        head.addWidget(self._all)
        head.addWidget(self._hint, 1)
        bar.setFixedHeight(bar.sizeHint().height() + 2)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.map)
        splitter.addWidget(self.gallery)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([900, GALLERY_PX])
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(bar)
        left.addWidget(splitter, 1)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.panel)
        self._stack.addWidget(self._card)
        self._stack.addWidget(body)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
