"""What writing decisions into a KLARF would change, before it is written."""

from collections.abc import Sequence

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.theme import with_role

SIZE_PX = (860, 560)


class KlarfDialog(QDialog):
    """Accepted when the change is to be written."""

    def __init__(self, name: str, summary: str, lines: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Write {name}")
        self.resize(*SIZE_PX)
        headline = with_role(QLabel("What changes in the KLARF"), "heading")
        words = QLabel(summary[:1].upper() + summary[1:] + ".", wordWrap=True)
        self.preview = QPlainTextEdit("\n".join(lines) or "Nothing: the file would be identical.")
        self.preview.setReadOnly(True)
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.addButton("Write to a file…", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 16)
        layout.setSpacing(10)
        for widget in (headline, words, self.preview, self.buttons):
            layout.addWidget(widget)
        layout.setStretch(2, 1)
