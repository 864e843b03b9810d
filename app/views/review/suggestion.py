"""The class that the model takes the image for: a suggestion that one key or click makes a decision."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from app.theme import with_role
from app.views.shell.elided_label import ElidedLabel

KEY = "Enter"
_TIP = "The model takes the image for this class. Nothing is decided until you say so."


class SuggestedClass(QPushButton):
    """The class, how sure the model is, and the key that takes it over."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(_TIP)
        self.words = ElidedLabel(textFormat=Qt.TextFormat.PlainText)
        self._dot, self._share = QLabel(textFormat=Qt.TextFormat.RichText), with_role(QLabel(), "muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 8, 0)
        layout.setSpacing(6)
        layout.addWidget(self._dot)
        layout.addWidget(self.words, 1)
        layout.addWidget(self._share)
        layout.addWidget(with_role(QLabel(KEY), "muted"))
        for label in self.findChildren(QLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_suggestion(self, words: str, share: str, color: str) -> None:
        """Show a class in its colour; empty words hide the line."""
        self.setVisible(bool(words))
        self._dot.setText(f'<span style="color:{color}">●</span>')
        self.words.setText(words)
        self._share.setText(share)
