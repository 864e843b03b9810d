"""What the class manager asks: a new class, the target of a merge, and whether to import."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.theme import with_role
from app.views.classes.form import ClassForm
from core.domain.decisions import ClassDraft

TABLES = "Class tables (*.csv *.json)"
FORMATS = {"Table (*.csv)": ".csv", "JSON (*.json)": ".json"}
WIDTH_PX = 460


class ClassDialog(QDialog):
    """A form for a new class."""

    def __init__(
        self, title: str, hint: str, fields: ClassDraft, taken_keys: Sequence[int], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.form = ClassForm()
        self.form.set_fields(fields, taken_keys)
        self._buttons = _lay_out(self, title, hint, self.form)
        self.form.name.textChanged.connect(self._allow)
        self._allow(fields.name)

    def _allow(self, name: str) -> None:
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(name.strip()))


class MergeDialog(QDialog):
    """Which class takes over, with what would change; `target` is what was chosen."""

    def __init__(
        self, name: str, targets: Sequence[tuple[int, str]], preview: Callable[[int], str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._targets, self._preview = QComboBox(), preview
        self._words = QLabel(wordWrap=True)
        for class_id, words in targets:
            self._targets.addItem(words, class_id)
        self._targets.currentIndexChanged.connect(self._say)
        _lay_out(self, f"Merge “{name}”", "The class that takes its images over:", self._targets, self._words)
        self._say()

    @property
    def target(self) -> int:
        """Id of the class that takes over."""
        return int(self._targets.currentData())

    def choose(self, class_id: int) -> None:
        """Put the choice on a class."""
        self._targets.setCurrentIndex(self._targets.findData(class_id))

    def _say(self) -> None:
        self._words.setText(self._preview(self.target))


class ImportDialog(QDialog):
    """What an import would do, line by line; it cannot be accepted while there are problems."""

    def __init__(
        self, title: str, summary: str, lines: Sequence[str], allowed: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        text = QPlainTextEdit("\n".join(lines))
        text.setReadOnly(True)
        accept = _lay_out(self, title, summary, text).button(QDialogButtonBox.StandardButton.Ok)
        accept.setText("Import")
        accept.setEnabled(allowed)


def ask_table(parent: QWidget) -> Path | None:
    """A class table to read."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "Import classes", filter=TABLES)
    return Path(chosen) if chosen else None


def ask_export(parent: QWidget) -> Path | None:
    """Where to write the class table; its suffix says in which form."""
    chosen, kind = QFileDialog.getSaveFileName(
        parent, "Export classes", "classes.csv", filter=";;".join(FORMATS)
    )
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() in FORMATS.values() else path.with_name(path.name + FORMATS[kind])


def _lay_out(dialog: QDialog, title: str, hint: str, *parts: QWidget) -> QDialogButtonBox:
    dialog.setWindowTitle(title)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    words = with_role(QLabel(hint, wordWrap=True), "muted")
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(22, 20, 22, 18)
    layout.setSpacing(12)
    layout.addWidget(words)
    for part in parts:
        layout.addWidget(part)
    layout.addWidget(buttons)
    dialog.setMinimumWidth(WIDTH_PX)
    return buttons
