"""What if: two recipes, the open lot, how many images flip, and which."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.theme import Palette, with_role
from app.views.discover.view import in_the_middle
from app.views.recipes.changes import fill_versions
from app.views.recipes.editors import SteadyComboBox
from app.views.recipes.flip_grid import FlipGrid, Picture
from app.views.recipes.moves_table import MovesTable
from app.views.review.message_card import MessageCard
from app.views.shell.elided_label import ElidedLabel
from core.domain.recipe_library import VersionId

NAME_LENGTH = 14


class WhatIfPanel(QWidget):
    """Setters and wishes."""

    pair_chosen = Signal(object, object)  # VersionId each
    compare_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, flips: QAbstractListModel, picture: Picture, palette: Palette) -> None:
        super().__init__()
        self.before, self.after = SteadyComboBox(), SteadyComboBox()
        for box in (self.before, self.after):
            box.let_shrink()
            box.activated.connect(
                lambda _row: self.pair_chosen.emit(self.before.currentData(), self.after.currentData())
            )
        self.compare = with_role(QPushButton("Compare"), "primary")
        self.cancel = QPushButton("Cancel")
        self.compare.clicked.connect(self.compare_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        self._bar = QProgressBar(textVisible=False)
        self._progress = with_role(ElidedLabel(), "muted")
        self._summary = QLabel(wordWrap=True)
        self._summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.moves = MovesTable(palette)
        self.grid = FlipGrid(flips, picture, palette)
        self._message = MessageCard()
        self._stack = QStackedWidget()
        self._lay_out(palette)

    def set_pair(self, versions: Sequence[VersionId], before: VersionId, after: VersionId) -> None:
        """What can be compared, and what is."""
        fill_versions(self.before, versions, before)
        fill_versions(self.after, versions, after)

    def set_lot(self, name: str, *, can_compare: bool) -> None:
        """The lot that both judge."""
        shown = name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"
        self.compare.setText(f"Compare on “{shown}”" if name else "Compare")
        self.compare.setEnabled(can_compare)

    def set_progress(self, text: str, fraction: float | None, *, is_running: bool) -> None:
        """How far it is; None while nobody knows."""
        self._progress.setText(text)
        for part in (self._bar, self._progress):
            part.setVisible(is_running)
        self.cancel.setVisible(is_running)
        self._bar.setRange(0, 0 if fraction is None else 1000)
        self._bar.setValue(0 if fraction is None else round(1000 * fraction))

    def say_instead(self, title: str, sentence: str) -> None:
        """Show a message in the place of the outcome."""
        self._message.set_message(title, sentence)
        self._stack.setCurrentIndex(0)

    def show_outcome(self, summary: str) -> None:
        """Show table and gallery, and say in words what they show."""
        self._summary.setText(summary)
        self.grid.setVisible(self.grid.model().rowCount() > 0)
        self._stack.setCurrentIndex(1)

    def _lay_out(self, palette: Palette) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        for letter, box, color in (("A", self.before, palette.unknown), ("B", self.after, palette.accent)):
            mark = with_role(QLabel(f"<span style='color:{color}'>■</span> {letter}"), "strong")
            head.addWidget(mark)
            head.addWidget(box, 1)
        head.addWidget(self.compare)
        head.addWidget(self.cancel)
        running = QHBoxLayout()
        running.addWidget(self._progress, 1)
        running.addWidget(self._bar, 1)
        counts = QVBoxLayout()
        counts.setSpacing(4)
        counts.addWidget(with_role(QLabel("Images by verdict: A down, B across"), "muted"))
        counts.addWidget(self.moves)
        counts.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(18)
        top.addLayout(counts)
        top.addWidget(self._summary, 1)
        outcome = QWidget()
        inner = QVBoxLayout(outcome)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(10)
        inner.addLayout(top)
        inner.addWidget(self.grid, 1)
        inner.addStretch(0)
        self._stack.addWidget(in_the_middle(self._message))
        self._stack.addWidget(outcome)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addLayout(running)
        layout.addWidget(self._stack, 1)
