"""The fields of a class, for making and for changing one."""

from collections.abc import Sequence

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap, QRegularExpressionValidator
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from core.domain.decisions import ClassDraft, Killer
from core.domain.lengths import CLASS_NAME_LENGTH

KEYS = (None, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0)
KILLER_WORDS = {Killer.UNKNOWN: "Unknown", Killer.YES: "Yes, it kills the die", Killer.NO: "No"}
DESCRIPTION_PX = 64
DESCRIPTION_LENGTH = 2000


class ColorButton(QPushButton):
    """Shows a colour and asks for another."""

    color_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.color = "#8ab4f8"
        self.clicked.connect(self._ask)

    def set_color(self, color: str) -> None:
        """Show this one."""
        self.color = color
        swatch = QPixmap(28, 14)
        swatch.fill(QColor(color))
        self.setIcon(QIcon(swatch))
        self.setText(color)

    def _ask(self) -> None:
        chosen = QColorDialog.getColor(QColor(self.color), self, "Colour of the class")
        if chosen.isValid():
            self.set_color(chosen.name())
            self.color_chosen.emit(self.color)


class ClassForm(QWidget):
    """Setters, and `edited` when the person is done with a field."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name = QLineEdit(maxLength=CLASS_NAME_LENGTH, placeholderText="What the fab calls it")
        self.code = QLineEdit(placeholderText="The fab's class number, if it has one")
        self.code.setValidator(QRegularExpressionValidator(QRegularExpression(r"-?\d{0,9}"), self))
        self.color = ColorButton()
        self.key = QComboBox()
        self.killer = QComboBox()
        for killer, word in KILLER_WORDS.items():
            self.killer.addItem(word, killer)
        self.description = _Description()
        self._lay_out()
        self.name.editingFinished.connect(self.edited)
        self.code.editingFinished.connect(self.edited)
        self.color.color_chosen.connect(lambda _color: self.edited.emit())
        self.key.activated.connect(lambda _row: self.edited.emit())
        self.killer.activated.connect(lambda _row: self.edited.emit())
        self.description.left.connect(self.edited)

    def set_fields(self, fields: ClassDraft, taken_keys: Sequence[int] = ()) -> None:
        """Show a class; keys of others are not offered."""
        self.name.setText(fields.name)
        self.code.setText("" if fields.code is None else str(fields.code))
        self.color.set_color(fields.color)
        self.key.clear()
        for key in KEYS:
            if key is None or key == fields.slot or key not in taken_keys:
                self.key.addItem("None" if key is None else str(key), key)
        self.key.setCurrentIndex(max(self.key.findData(fields.slot), 0))
        self.killer.setCurrentIndex(self.killer.findData(fields.killer))
        self.description.setPlainText(fields.description)

    def fields(self) -> ClassDraft:
        """What stands in the form now."""
        code = self.code.text().strip()
        return ClassDraft(
            name=self.name.text().strip(),
            code=int(code) if code not in ("", "-") else None,
            color=self.color.color,
            slot=self.key.currentData(),
            killer=Killer(self.killer.currentData()),
            description=self.description.toPlainText().strip()[:DESCRIPTION_LENGTH],
        )

    def _lay_out(self) -> None:
        self.description.setFixedHeight(DESCRIPTION_PX)
        short = QHBoxLayout()
        short.setSpacing(8)
        short.addWidget(self.color, 1)
        short.addWidget(self.key, 1)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.addRow("Name", self.name)
        form.addRow("Code", self.code)
        form.addRow("Colour, key", short)
        form.addRow("Killer", self.killer)
        form.addRow("Description", self.description)


class _Description(QPlainTextEdit):
    """Says when the cursor leaves it."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setPlaceholderText("What it looks like, where it comes from")

    def focusOutEvent(self, event: object) -> None:
        """Done with."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.left.emit()
