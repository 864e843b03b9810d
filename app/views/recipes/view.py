"""The recipe editor: recipes and versions left; parameters, differences and what if right."""

from PySide6.QtCore import QAbstractListModel, QAbstractTableModel, Qt, Signal, SignalInstance
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.theme import Palette, with_role
from app.views.recipes.changes import ChangesPanel
from app.views.recipes.flip_grid import Picture
from app.views.recipes.form import RecipeForm
from app.views.recipes.shelf import WIDTH_PX, RecipeShelf
from app.views.recipes.what_if import WhatIfPanel
from app.views.shell.elided_label import ElidedLabel
from core.domain.recipe_fields import RecipeField

PARAMETERS, CHANGES, WHAT_IF = range(3)


class RecipesView(QWidget):
    """Setters and wishes; the parts are public so that presenters connect to them directly."""

    save_requested = Signal()
    discard_requested = Signal()
    fork_requested = Signal()
    revert_requested = Signal()
    lock_requested = Signal()
    use_requested = Signal()
    shown = Signal()

    def __init__(
        self,
        fields: tuple[RecipeField, ...],
        models: tuple[QAbstractTableModel, QAbstractTableModel, QAbstractTableModel],
        flips: QAbstractListModel,
        picture: Picture,
        palette: Palette,
    ) -> None:
        super().__init__()
        recipes, versions, changes = models
        self.shelf = RecipeShelf(recipes, versions)
        self.form = RecipeForm(fields)
        self.changes = ChangesPanel(changes)
        self.what_if = WhatIfPanel(flips, picture, palette)
        self._name, self._origin = with_role(ElidedLabel(), "heading"), with_role(ElidedLabel(), "muted")
        self._state = with_role(ElidedLabel(), "muted")
        self.save = with_role(_button("Save…", self.save_requested), "primary")
        self.discard = _button("Discard", self.discard_requested)
        self.fork = _button("Fork…", self.fork_requested)
        self.revert = _button("Bring back", self.revert_requested)
        self.lock = _button("Lock", self.lock_requested)
        self.use = _button("Put in use", self.use_requested)
        self.save.setToolTip("Keep what stands here as the next version")
        self.discard.setToolTip("Forget what was changed and not saved")
        self.revert.setToolTip("Make this version the newest again, as a version of its own")
        self.lock.setToolTip("A locked recipe takes no further versions until it is unlocked")
        self.use.setToolTip("Every lot is measured with this version from the next detection on")
        self.tabs = QTabWidget()
        self._lay_out()

    def set_heading(self, name: str, origin: str, state: str) -> None:
        """What is shown, where it comes from, and how it stands."""
        self._name.setText(name)
        self._origin.setText(origin)
        self._state.setText(state)

    def set_possible(
        self, *, save: bool, discard: bool, fork: bool, revert: bool, use: bool, is_locked: bool
    ) -> None:
        """What can be done with the shown version."""
        self.save.setEnabled(save)
        self.discard.setEnabled(discard)
        self.fork.setEnabled(fork)
        self.revert.setEnabled(revert)
        self.use.setEnabled(use)
        self.lock.setText("Unlock" if is_locked else "Lock")

    def showEvent(self, event: QShowEvent) -> None:
        """Recipes are looked at now."""
        super().showEvent(event)
        self.shown.emit()

    def _lay_out(self) -> None:
        for title, page in (
            ("Parameters", self.form),
            ("Differences", self.changes),
            ("What if", self.what_if),
        ):
            self.tabs.addTab(page, title)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.shelf)
        split.addWidget(self._editor())
        split.setSizes([WIDTH_PX, 1000])
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 20, 28, 16)
        layout.setSpacing(14)
        layout.addWidget(with_role(QLabel("Recipes"), "title"))
        layout.addWidget(split, 1)

    def _editor(self) -> QWidget:
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._name, self._origin, self._state):
            words.addWidget(label)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.save, self.discard, self.fork, self.revert, self.lock):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.use)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(12, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(words)
        layout.addLayout(buttons)
        layout.addWidget(self.tabs, 1)
        return page


def _button(text: str, wish: SignalInstance) -> QPushButton:
    button = QPushButton(text)
    button.clicked.connect(wish)
    return button
