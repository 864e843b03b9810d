"""What awaits somebody who opens the first lot."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.theme import with_role

STEPS = (
    (
        "Detect",
        "Every image is measured on this machine; what looks unlike the rest of its pattern is marked.",
    ),
    ("Review", "One key decides and moves on. Each decision is on the disk at once, and each can be undone."),
    ("Report", "The export lists what was found, what you called it, and exactly how it was measured."),
)


class Steps(QWidget):
    """Three cards in a row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum
        )  # the drop zone takes the rest
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        for number, (title, text) in enumerate(STEPS, start=1):
            row.addWidget(_card(str(number), title, text), 1)


def _card(number: str, title: str, text: str) -> QFrame:
    card = with_role(QFrame(), "panel")
    words = with_role(QLabel(text), "muted")
    words.setWordWrap(True)
    words.setAlignment(Qt.AlignmentFlag.AlignTop)
    layout = QGridLayout(card)
    layout.setContentsMargins(18, 14, 18, 14)
    layout.setHorizontalSpacing(14)
    layout.setColumnStretch(1, 1)
    layout.setRowStretch(1, 1)
    layout.addWidget(with_role(QLabel(number), "number"), 0, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
    layout.addWidget(with_role(QLabel(title), "heading"), 0, 1)
    layout.addWidget(words, 1, 1)
    return card
