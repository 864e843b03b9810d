"""A sentence in the place of a picture, with at most one thing to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout

from app.theme import with_role


class MessageCard(QFrame):
    """Centred title, sentence and button."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = with_role(QLabel(alignment=Qt.AlignmentFlag.AlignCenter), "heading")
        self._sentence = with_role(QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True), "muted")
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = with_role(QPushButton(), "primary")
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button.clicked.connect(self.pressed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(10)
        layout.addStretch(2)
        layout.addWidget(self._title)
        layout.addWidget(self._sentence)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def set_message(self, title: str, sentence: str, button: str = "") -> None:
        """Show this; no button without a word for it."""
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._button.setText(button)
        self._button.setVisible(bool(button))
