"""The quality screen: figures above, tables left, what to look at next right."""

from collections.abc import Sequence

from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.theme import Palette, with_role
from app.views.discover.view import in_the_middle
from app.views.quality.figures import Figure, FigureCard
from app.views.quality.image_list import ImageList
from app.views.quality.tables import TALL_ROW_PX, ConfusionTable, FigureTable
from app.views.review.message_card import MessageCard

SIDE_PX, LEAST_SIDE_PX = 380, 300
VERDICTS, CLASS_TABLE, CLASSES = "Verdict confusion", "Class confusion", "Classes"


class QualityView(QWidget):
    """Setters and wishes; the parts are public so that the presenter connects to them directly."""

    def __init__(self, figures: int, palette: Palette) -> None:
        super().__init__()
        self.about = with_role(QLabel(), "muted")
        self.cards = tuple(FigureCard(palette) for _ in range(figures))
        self.verdicts, self.class_confusion = ConfusionTable(palette), ConfusionTable(palette)
        self.classes = FigureTable(TALL_ROW_PX)
        self._pages = {name: QStackedWidget() for name in (VERDICTS, CLASS_TABLE, CLASSES)}
        self._missing = {name: MessageCard() for name in self._pages}
        self._captions = {name: with_role(QLabel(wordWrap=True), "muted") for name in self._pages}
        self.tabs = QTabWidget()
        self.draws = ImageList("Escape audit", "Next of the draw")
        self.nearest = ImageList("Least sure", "Review in this order")
        self._message = MessageCard()
        self._stack = QStackedWidget()
        self._lay_out()

    def say_instead(self, title: str, sentence: str) -> None:
        """Show a message in the place of everything."""
        self._message.set_message(title, sentence)
        self._stack.setCurrentIndex(0)

    def show_quality(self, about: str, figures: Sequence[Figure]) -> None:
        """Show the figures; the tables and lists have setters of their own."""
        self.about.setText(about)
        for card, figure in zip(self.cards, figures, strict=True):
            card.set_figure(figure)
        self._stack.setCurrentIndex(1)

    def show_table(self, name: str, caption: str) -> None:
        """Say over a table what its rows and columns are."""
        self._captions[name].setText(caption)
        self._pages[name].setCurrentIndex(1)

    def say_unmeasured(self, name: str, reason: str) -> None:
        """Say in a table's place why there is nothing in it."""
        self._missing[name].set_message("Not measured", reason)
        self._pages[name].setCurrentIndex(0)

    def is_measured(self, name: str) -> bool:
        """Whether a table is shown, and not the reason why there is none."""
        return self._pages[name].currentIndex() == 1

    def _lay_out(self) -> None:
        tables = {VERDICTS: self.verdicts, CLASS_TABLE: self.class_confusion, CLASSES: self.classes}
        for name, table in tables.items():
            self._pages[name].addWidget(self._missing[name])
            self._pages[name].addWidget(_under(self._captions[name], table))
            self.tabs.addTab(self._pages[name], name)
        self._stack.addWidget(in_the_middle(self._message))
        self._stack.addWidget(self._page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _page(self) -> QWidget:
        cards = QHBoxLayout()
        cards.setSpacing(12)
        for card in self.cards:
            cards.addWidget(card, 1)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(28, 20, 28, 16)
        layout.setSpacing(12)
        layout.addWidget(with_role(QLabel("Quality"), "title"))
        layout.addWidget(self.about)
        layout.addLayout(cards)
        layout.addWidget(self._below(), 1)
        return page

    def _below(self) -> QSplitter:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(6, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.draws, 1)
        column.addWidget(self.nearest, 1)
        side.setMinimumWidth(LEAST_SIDE_PX)
        split = QSplitter()
        split.addWidget(self.tabs)
        split.addWidget(side)
        split.setSizes([800, SIDE_PX])
        split.setStretchFactor(0, 1)
        split.setChildrenCollapsible(False)
        return split


def _under(caption: QLabel, table: QWidget) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 8, 0, 0)
    layout.setSpacing(6)
    layout.addWidget(caption)
    row = QHBoxLayout()
    row.addWidget(table, 1)
    row.addStretch(0)  # on a wide screen the table does not grow beyond what it holds
    layout.addLayout(row, 1)
    return page
