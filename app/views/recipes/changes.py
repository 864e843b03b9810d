"""Two versions side by side, parameter by parameter."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.theme import with_role
from app.views.recipes.editors import SteadyComboBox
from app.views.shell.record_table import record_table
from core.domain.recipe_library import VersionId

ROW_PX = 32
WIDTHS_PX = {1: 220, 2: 220}


class ChangesPanel(QWidget):
    """Setters, and which version to compare with."""

    other_chosen = Signal(object)  # VersionId

    def __init__(self, model: QAbstractTableModel) -> None:
        super().__init__()
        self.others = SteadyComboBox()
        self.others.let_shrink()
        self.others.activated.connect(lambda _row: self.other_chosen.emit(self.others.currentData()))
        self._words = with_role(QLabel(wordWrap=True), "muted")
        self.table = record_table(model, WIDTHS_PX, ROW_PX)
        self._lay_out()

    def set_others(self, versions: Sequence[VersionId], chosen: VersionId | None) -> None:
        """What can be compared with, and what is."""
        fill_versions(self.others, versions, chosen)

    def set_words(self, text: str, *, any_difference: bool) -> None:
        """What the table says, in a sentence."""
        self._words.setText(text)
        self.table.setVisible(any_difference)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(QLabel("Compare with"))
        head.addWidget(self.others)
        head.addWidget(self._words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        layout.addStretch(0)


def fill_versions(box: SteadyComboBox, versions: Sequence[VersionId], chosen: VersionId | None) -> None:
    """Offer versions, and put the choice on one of them."""
    if [box.itemData(row) for row in range(box.count())] != list(versions):  # a list that is open stays open
        box.clear()
        for version in versions:
            box.addItem(f"{version.name}  v{version.version}", version)
    if chosen in versions:
        box.setCurrentIndex(versions.index(chosen))
