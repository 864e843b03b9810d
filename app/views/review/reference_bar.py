"""How the image lies on its reference, in words; and the buttons that move it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton

from app.theme import Palette

STEP_PX, FINE_STEP_PX = 1.0, 0.25
ARROW_WIDTH_PX = 32
ARROWS = (("←", "left", -1, 0), ("↑", "up", 0, -1), ("↓", "down", 0, 1), ("→", "right", 1, 0))


class ReferenceBar(QFrame):
    """Setters and wishes; there only while the image has a reference."""

    move_requested = Signal(float, float)  # px, right and down
    reset_requested = Signal()
    compare_requested = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._words = QLabel(wordWrap=True)  # two lines are as high as a button
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        arrows = [self._arrow(*arrow) for arrow in ARROWS]
        self.reset = _button("Reset", "Registered again  (Alt+Home)", self.reset_requested.emit)
        self.compare = _button("Compare again", "Compare again  (Ctrl+R)", self.compare_requested.emit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._words, 1)
        for button in (*arrows, self.reset, self.compare):
            layout.addWidget(button)

    def set_words(self, words: str, *, is_problem: bool) -> None:
        """Shift and confidence, or why the reference is not used."""
        self._words.setText(words)
        self._words.setToolTip(words)
        self._words.setStyleSheet(f"color: {self._palette.unknown if is_problem else self._palette.muted};")

    def _arrow(self, sign: str, word: str, dx: int, dy: int) -> QToolButton:
        tip = f"Reference 1 px {word}; with Shift a quarter  (Alt+arrow, Alt+Shift+arrow)"
        button = _button(sign, tip, partial(self._move, dx, dy))
        button.setAutoRepeat(True)
        button.setFixedWidth(ARROW_WIDTH_PX)
        return button

    def _move(self, dx: int, dy: int) -> None:
        fine = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        step = FINE_STEP_PX if fine else STEP_PX
        self.move_requested.emit(dx * step, dy * step)


def _button(word: str, tip: str, pressed: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    button.setText(word)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.clicked.connect(lambda _checked: pressed())
    return button
