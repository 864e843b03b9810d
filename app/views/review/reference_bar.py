"""How the image lies on its reference, in words; and the buttons that move it and show it otherwise."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QToolButton, QVBoxLayout

from app.theme import Palette
from app.views.review.overlay_bar import make_button, make_toggle
from app.views.shell.elided_label import ElidedLabel

STEP_PX, FINE_STEP_PX = 1.0, 0.25
ARROWS = (("←", "left", -1, 0), ("↑", "up", 0, -1), ("↓", "down", 0, 1), ("→", "right", 1, 0))
NARROW_PX = 30  # the bar must leave room on a screen of 1024 px


class ReferenceBar(QFrame):
    """Setters and wishes; there only while the image has a reference."""

    move_requested = Signal(float, float)  # px, right and down
    reset_requested = Signal()
    compare_requested = Signal()
    reference_toggled = Signal(bool)
    difference_toggled = Signal(bool)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._words = ElidedLabel()
        self.reset = make_button("↺", "Alt+Home", "Reference where it was registered")
        self.reset.setFixedWidth(NARROW_PX)
        self.compare = make_button("Compare", "Ctrl+R", "Compare again, as the reference lies now")
        self.difference = make_toggle("Difference", "I", "Difference from the reference, or residual")
        self.reference = make_toggle("Reference", "R", "Reference or residual beside the image")
        self.reset.clicked.connect(lambda _checked: self.reset_requested.emit())
        self.compare.clicked.connect(lambda _checked: self.compare_requested.emit())
        self.difference.clicked.connect(self.difference_toggled)
        self.reference.clicked.connect(self.reference_toggled)
        self._lay_out()

    def set_words(self, words: str, *, is_problem: bool) -> None:
        """Shift and confidence, or why the reference is not used."""
        self._words.setText(words)
        self._words.setStyleSheet(f"color: {self._palette.unknown if is_problem else self._palette.muted};")

    def set_shown(self, *, there: bool, beside: bool, difference: bool) -> None:
        """What of the reference is on; one that cannot be read cannot be shown."""
        for button, on in ((self.reference, beside), (self.difference, difference)):
            button.setEnabled(there)
            button.setChecked(on)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for arrow in ARROWS:
            buttons.addWidget(self._arrow(*arrow))
        for button in (self.reset, self.compare):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.difference, self.reference):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._words)
        layout.addLayout(buttons)

    def _arrow(self, sign: str, word: str, dx: int, dy: int) -> QToolButton:
        keys = f"Alt+{word.title()}, Alt+Shift+{word.title()}"
        button = make_button(sign, keys, f"Reference 1 px {word}; with Shift ¼ px")
        button.setFixedWidth(NARROW_PX)
        button.setAutoRepeat(True)
        button.clicked.connect(partial(self._move, dx, dy))
        return button

    def _move(self, dx: int, dy: int, _checked: bool = False) -> None:
        fine = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        step = FINE_STEP_PX if fine else STEP_PX
        self.move_requested.emit(dx * step, dy * step)
