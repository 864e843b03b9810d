"""One editor a kind of parameter; all of them hold what the form holds: a text, a tuple of words, or a bool."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from app.theme import with_role
from core.domain.recipe_fields import FieldKind, RecipeField

NUMBER_PX = 220
TEXT_LENGTH = 1000
COLUMNS = 3
FEWEST_SHOWN = 9  # characters of a long choice


class Editor(QWidget):
    """Says `edited` when a person changes it, never when it is set."""

    edited = Signal(object)

    def set_value(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError  # Qt's metaclass leaves no room for abc


class TextEditor(Editor):
    """Numbers and words: what is wrong is said beside it, not hindered."""

    def __init__(self, field: RecipeField) -> None:
        super().__init__()
        self.line = QLineEdit(maxLength=TEXT_LENGTH, placeholderText=field.unset)
        self.line.textEdited.connect(lambda text: self.edited.emit(text))
        if field.kind is FieldKind.TEXT:
            _fill(self, self.line)
        else:
            self.line.setFixedWidth(NUMBER_PX)
            _fill(self, self.line, with_role(QLabel(hint_text(field)), "muted"), is_short=True)

    def set_value(self, value: Any) -> None:
        """Show a text; a cursor inside it stays where it is."""
        if self.line.text() != value:
            self.line.setText(value)


class ChoiceEditor(Editor):
    """One of a closed set."""

    def __init__(self, choices: Sequence[str]) -> None:
        super().__init__()
        self.box = SteadyComboBox()
        self.box.addItems(list(choices))
        self.box.textActivated.connect(lambda text: self.edited.emit(text))
        _fill(self, self.box, is_short=True)

    def set_value(self, value: Any) -> None:
        """Show a choice."""
        self.box.setCurrentText(value)


class SwitchEditor(Editor):
    """Yes or no."""

    def __init__(self) -> None:
        super().__init__()
        self.box = QCheckBox("Yes")
        self.box.clicked.connect(lambda on: self.edited.emit(on))
        _fill(self, self.box, is_short=True)

    def set_value(self, value: Any) -> None:
        """Show it."""
        self.box.setChecked(value)


class ChoicesEditor(Editor):
    """Some of a closed set, in the order in which they are offered."""

    def __init__(self, choices: Sequence[str]) -> None:
        super().__init__()
        self.boxes = {choice: QCheckBox(choice) for choice in choices}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setHorizontalSpacing(18)
        for place, box in enumerate(self.boxes.values()):
            box.clicked.connect(self._tell)
            grid.addWidget(box, place // COLUMNS, place % COLUMNS)
        grid.setColumnStretch(COLUMNS, 1)

    def set_value(self, value: Any) -> None:
        """Show which are chosen."""
        for choice, box in self.boxes.items():
            box.setChecked(choice in value)

    def _tell(self) -> None:
        self.edited.emit(tuple(choice for choice, box in self.boxes.items() if box.isChecked()))


class SteadyComboBox(QComboBox):
    """Leaves the wheel to the page that it stands on."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def let_shrink(self) -> None:
        """Give way where the window is narrow: names may be long."""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(FEWEST_SHOWN)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A choice is never changed by scrolling past it."""
        event.ignore()


def editor_of(field: RecipeField) -> Editor:
    """The editor of a parameter."""
    if field.kind is FieldKind.CHOICE:
        return ChoiceEditor(field.choices)
    if field.kind is FieldKind.CHOICES:
        return ChoicesEditor(field.choices)
    return SwitchEditor() if field.kind is FieldKind.SWITCH else TextEditor(field)


def hint_text(field: RecipeField) -> str:
    """Unit and bounds."""
    return "   ".join(part for part in (field.unit, field.bounds_text) if part)


def _fill(editor: QWidget, *parts: QWidget, is_short: bool = False) -> None:
    row = QHBoxLayout(editor)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    for part in parts:
        row.addWidget(part)
    if is_short:
        row.addStretch(1)
    editor.setFocusProxy(parts[0])
