"""The parameters of a recipe as a form, made of what the recipe's own models say of them."""

from collections.abc import Mapping, Set
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.theme import with_role
from app.views.recipes.editors import Editor, editor_of
from core.domain.recipe_fields import FieldPath, RecipeField

TITLE_PX = 190
ABOUT_LINES = 3
ROW_GAP = 8
POINT_AT = "Point at a parameter to read what it does."


class FieldRow:
    """One parameter: title, editor, and what is wrong with it.

    Args:
        field: the parameter.
        grid: where its widgets stand.
        row: of the grid; the complaint takes the one below.
    """

    def __init__(self, field: RecipeField, grid: QGridLayout, row: int) -> None:
        self.field = field
        self.editor: Editor = editor_of(field)
        self.title = QLabel(field.title)
        self.title.setFixedWidth(TITLE_PX)
        self.title.setBuddy(self.editor)
        self.complaint = with_role(QLabel(wordWrap=True), "complaint")
        self.parts: tuple[QWidget, ...] = (self.title, self.editor)
        for part in self.parts:
            part.setToolTip(field.about)
        grid.addWidget(self.title, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.editor, row, 1)
        grid.addWidget(self.complaint, row + 1, 1)
        self.title.setContentsMargins(0, 6, 0, 0)
        self.complaint.hide()

    def set_shown(self, shown: bool) -> None:
        """Whether the method reads it."""
        for part in self.parts:
            part.setVisible(shown)
        self.complaint.setVisible(shown and bool(self.complaint.text()))

    def set_complaint(self, sentence: str) -> None:
        """What is wrong; empty where nothing is."""
        self.complaint.setText(sentence)
        self.complaint.setVisible(bool(sentence) and not self.title.isHidden())


class RecipeForm(QWidget):
    """Setters, and `edited` with path and value at every change by a person."""

    edited = Signal(object, object)  # FieldPath, what the form now holds there

    def __init__(self, fields: tuple[RecipeField, ...]) -> None:
        super().__init__()
        self.rows: dict[FieldPath, FieldRow] = {}
        self._sections: dict[str, QWidget] = {}
        self._about = with_role(QLabel(POINT_AT, wordWrap=True), "muted")
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._about.setFixedHeight(self.fontMetrics().lineSpacing() * ABOUT_LINES + 4)
        self._page = QWidget()
        self._grid = QGridLayout(self._page)
        self._lay_out(fields)

    def set_values(self, values: Mapping[FieldPath, Any]) -> None:
        """Show a recipe."""
        for path, row in self.rows.items():
            row.editor.set_value(values[path])

    def set_shown(self, paths: Set[FieldPath]) -> None:
        """Show these parameters and the headings above them."""
        for path, row in self.rows.items():
            row.set_shown(path in paths)
        for section, heading in self._sections.items():
            heading.setVisible(any(self.rows[path].field.section == section for path in paths))

    def set_complaints(self, complaints: Mapping[FieldPath, str]) -> None:
        """What is wrong, below the fields."""
        for path, row in self.rows.items():
            row.set_complaint(complaints.get(path, ""))

    def set_open(self, is_open: bool) -> None:
        """Whether anything may be changed."""
        for row in self.rows.values():
            row.editor.setEnabled(is_open)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Explain the parameter that has the focus or the mouse."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.Enter):
            path = watched.property("field")
            if path:
                self._explain(self.rows[tuple(path.split("."))].field)
        return super().eventFilter(watched, event)

    def _explain(self, field: RecipeField) -> None:
        self._about.setText(f"{field.section} · {field.title}  ({'.'.join(field.path)}):  {field.about}")

    def _lay_out(self, fields: tuple[RecipeField, ...]) -> None:
        self._grid.setContentsMargins(2, 2, 14, 8)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(ROW_GAP)
        self._grid.setColumnStretch(1, 1)
        for place, field in enumerate(fields):
            if field.section not in self._sections:
                self._add_section(field.section, 3 * place)
            self._add_row(field, 3 * place + 1)
        self._grid.setRowStretch(3 * len(fields), 1)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(self._page)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(area, 1)
        layout.addWidget(self._about)

    def _add_section(self, section: str, row: int) -> None:
        heading = with_role(QLabel(section), "heading")
        heading.setContentsMargins(0, 10 if row else 0, 0, 0)
        self._grid.addWidget(heading, row, 0, 1, 2)
        self._sections[section] = heading

    def _add_row(self, field: RecipeField, row: int) -> None:
        made = FieldRow(field, self._grid, row)
        made.editor.edited.connect(lambda value, path=field.path: self.edited.emit(path, value))
        for part in (*made.parts, *made.editor.findChildren(QWidget)):
            part.setProperty("field", ".".join(field.path))
            part.installEventFilter(self)
        self.rows[field.path] = made
