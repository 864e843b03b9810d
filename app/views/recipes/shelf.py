"""The left side: the recipes, and the versions of the chosen one."""

from PySide6.QtCore import QAbstractTableModel, Signal
from PySide6.QtWidgets import QLabel, QTableView, QVBoxLayout, QWidget

from app.theme import with_role
from app.views.shell.record_table import record_table

ROW_PX = 34
RECIPE_WIDTHS_PX = {1: 84}
VERSION_WIDTHS_PX = {1: 112, 2: 64}
WIDTH_PX, NARROWEST_PX = 340, 280


class RecipeShelf(QWidget):
    """Setters and choices."""

    recipe_chosen = Signal(int)  # row
    version_chosen = Signal(int)

    def __init__(self, recipes: QAbstractTableModel, versions: QAbstractTableModel) -> None:
        super().__init__()
        self.recipes = record_table(recipes, RECIPE_WIDTHS_PX, ROW_PX)
        self.versions = record_table(versions, VERSION_WIDTHS_PX, ROW_PX)
        self._heading = with_role(QLabel(), "heading")
        self.recipes.selectionModel().currentRowChanged.connect(
            lambda now, _before: self.recipe_chosen.emit(now.row()) if now.isValid() else None
        )
        self.versions.selectionModel().currentRowChanged.connect(
            lambda now, _before: self.version_chosen.emit(now.row()) if now.isValid() else None
        )
        self.setMinimumWidth(NARROWEST_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.recipes, 2)
        layout.addWidget(self._heading)
        layout.addWidget(self.versions, 3)

    def select(self, recipe_row: int, version_row: int, name: str) -> None:
        """Put both cursors on what is chosen."""
        self._heading.setText(f"Versions of {name}")
        _select(self.recipes, recipe_row)
        _select(self.versions, version_row)


def _select(table: QTableView, row: int) -> None:
    if table.currentIndex().row() != row or not table.selectionModel().hasSelection():
        table.selectRow(row)
