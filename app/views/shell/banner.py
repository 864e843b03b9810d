"""The banner: an error or a notice as a sentence, above the work and never in its way."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.messages import Message
from app.theme import Palette, icon, with_role


class Banner(QFrame):
    """Shows one message; `more` says how many wait behind it."""

    dismiss_requested = Signal()
    dismiss_all_requested = Signal()
    open_requested = Signal(object)  # Message

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._message = Message("")
        self._icon = QLabel()
        self._text = QLabel(wordWrap=True)
        self._hint = with_role(QLabel(wordWrap=True), "muted")
        for label in (self._text, self._hint):
            label.setTextFormat(Qt.TextFormat.PlainText)  # file names are not markup
            # A path has no place to break: it must not make the window as wide as itself.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._open = QPushButton("Open")
        self._open.setObjectName("open")
        self._open.clicked.connect(lambda: self.open_requested.emit(self._message))
        self._all = with_role(QPushButton(), "flat")
        self._all.clicked.connect(self.dismiss_all_requested)
        close = with_role(QToolButton(), "flat")
        close.setIcon(icon("close", palette.muted))
        close.setToolTip("Dismiss")
        close.clicked.connect(self.dismiss_requested)
        self._lay_out(close)
        self.hide()

    def set_message(self, message: Message | None, more: int = 0) -> None:
        """Show a message, or nothing."""
        self.setVisible(message is not None)
        if message is None:
            return
        self._message = message
        color = self._palette.ng if message.is_error else self._palette.accent
        self._icon.setPixmap(icon("warning" if message.is_error else "notice", color).pixmap(20, 20))
        self._text.setText(message.text)
        self._hint.setText(message.hint)
        self._hint.setVisible(bool(message.hint))
        self._open.setVisible(message.path is not None or message.lot_id is not None)
        self._all.setText(f"Dismiss all {more + 1}")
        self._all.setVisible(more > 0)
        self.setStyleSheet(
            f"Banner {{ background: {self._palette.raised}; border-left: 3px solid {color}; }}"
        )

    def _lay_out(self, close: QToolButton) -> None:
        sentences = QVBoxLayout()
        sentences.setSpacing(2)
        sentences.addWidget(self._text)
        sentences.addWidget(self._hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(sentences, 1)
        layout.addWidget(self._open, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._all, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
