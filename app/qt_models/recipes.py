"""Recipes, versions, differences and flips as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.qt_models.records import Index, RecordsModel
from app.views.lots.formats import moment_text
from app.views.recipes.flip_grid import FLIP_ROLE, NUMBER_ROLE
from core.domain.recipe_changes import RecipeChange
from core.domain.recipe_library import StoredRecipe, StoredVersion, VersionId
from core.domain.what_if import Flip

NO_INDEX = QModelIndex()


@dataclass(frozen=True, slots=True)
class RecipeRow:
    """One recipe; `in_use` where one of its versions is."""

    recipe: StoredRecipe
    in_use: bool


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version; `edited` where the form holds changes that are not saved."""

    version: StoredVersion
    in_use: bool
    edited: bool


class RecipesModel(RecordsModel[RecipeRow]):
    """A recipe a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(("Recipe", "Versions"), (1,), parent)

    def identity(self, record: RecipeRow) -> str:
        """Its name."""
        return record.recipe.name

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name with its marks, and how many versions."""
        row = self.records[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{len(row.recipe.versions):,}" if index.column() else _recipe_text(row)
        if role == Qt.ItemDataRole.ToolTipRole and row.recipe.lock is not None:
            return f"Locked by {row.recipe.lock.by}, {moment_text(row.recipe.lock.at_utc, datetime.now(UTC))}"
        return self.side_of(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None


class VersionsModel(RecordsModel[VersionRow]):
    """A version of the chosen recipe a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(("Version", "Saved", "By"), (), parent)

    def identity(self, record: VersionRow) -> VersionId:
        """Name and number."""
        return record.version.id

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Number with its marks, when, and by whom."""
        row = self.records[index.row()]
        version = row.version
        if role == Qt.ItemDataRole.DisplayRole:
            when = (
                "" if version.saved_at_utc is None else moment_text(version.saved_at_utc, datetime.now(UTC))
            )
            return (_version_text(row), when, version.saved_by)[index.column()]
        return version.note or None if role == Qt.ItemDataRole.ToolTipRole else None


class ChangesModel(RecordsModel[RecipeChange]):
    """A parameter that differs a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(("Parameter", "", ""), (), parent)

    def identity(self, record: RecipeChange) -> str:
        """Its path."""
        return record.path

    def set_changes(self, changes: Sequence[RecipeChange], before: str, after: str) -> None:
        """Show these, of two versions."""
        self._titles = ("Parameter", before, after)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 1, 2)
        self.replace_records(changes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Where it stands, and its two values with their unit."""
        change = self.records[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            title = f"{change.field.section} · {change.field.title}"
            return (title, change.before, change.after)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{change.path}:  {change.before}  →  {change.after}"
        return None


class FlipsModel(QAbstractListModel):
    """Rows are frozen Flips, each with the number that its picture is known by."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._flips: tuple[tuple[int, Flip], ...] = ()

    def set_flips(self, flips: Sequence[tuple[int, Flip]]) -> None:
        """Show these."""
        self.beginResetModel()
        self._flips = tuple(flips)
        self.endResetModel()

    def refresh(self) -> None:
        """Some pictures have arrived."""
        if self._flips:
            self.dataChanged.emit(self.index(0), self.index(len(self._flips) - 1))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NO_INDEX) -> int:
        """Flipped images."""
        return 0 if parent.isValid() else len(self._flips)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The flip, its number, and its name for whoever reads the screen aloud."""
        number, flip = self._flips[index.row()]
        if role == FLIP_ROLE:
            return flip
        if role == NUMBER_ROLE:
            return number
        wants_name = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        return flip.record.name if wants_name else None


def _recipe_text(row: RecipeRow) -> str:
    marks = (row.recipe.name, "in use" if row.in_use else "", "locked" if row.recipe.lock else "")
    return "  ·  ".join(mark for mark in marks if mark)


def _version_text(row: VersionRow) -> str:
    marks = (
        f"{row.version.id.version}",
        "in use" if row.in_use else "",
        "changed" if row.edited else "",
        "shipped" if row.version.is_shipped else "",
    )
    return "  ·  ".join(mark for mark in marks if mark)
