"""The verdicts as buttons that name their keys and show what is decided."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy

from app.theme import Palette, with_role
from app.views.review.words import KILLER_WORDS, VERDICT_WORDS
from core.domain.decisions import Judgement, Killer, Verdict

_ACCEPT_KEY = "   (Space)"
_PADDING_PX = 12
KEYS = {
    Verdict.REAL: "Y",
    Verdict.NUISANCE: "X",
    Verdict.FALSE: "F",
    Verdict.NON_VISUAL: "V",
    Verdict.CANNOT_DETERMINE: "U",
}
PLACES = {
    Verdict.REAL: (1, 0),
    Verdict.NUISANCE: (1, 1),
    Verdict.FALSE: (2, 0),
    Verdict.NON_VISUAL: (2, 1),
    Verdict.CANNOT_DETERMINE: (3, 0),
}


class KeyButton(QPushButton):
    """A word and, at the right, the key that does the same."""

    def __init__(self, word: str, key: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.word = QLabel(word)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 8, 0)
        layout.setSpacing(4)
        layout.addWidget(self.word, 1)
        if key:
            layout.addWidget(with_role(QLabel(key), "muted"))
        for label in self.findChildren(QLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


class AcceptButton(QPushButton):
    """Words and the key; a long class name gives way, or it would decide how wide the panel is."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._words = ""

    def set_words(self, words: str) -> None:
        """What accepting decides; empty where there is nothing to accept."""
        self._words = words
        self.setEnabled(bool(words))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as now fits."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = QFontMetrics(_bold(self.font()))
        room = self.width() - 2 * _PADDING_PX - metrics.horizontalAdvance(_ACCEPT_KEY)
        shown = metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        self.setText(f"{shown}{_ACCEPT_KEY}" if self._words else "No word to accept")
        self.setToolTip(self._words if shown != self._words else "")


def _bold(font: QFont) -> QFont:
    """As the style sheet writes on primary buttons."""
    bold = QFont(font)
    bold.setBold(True)
    return bold


class VerdictButtons(QFrame):
    """Setters and wishes."""

    accept_requested = Signal()
    verdict_chosen = Signal(object)  # Verdict
    killer_requested = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.accept = with_role(AcceptButton(), "primary")
        self.accept.clicked.connect(self.accept_requested)
        self.killer = KeyButton("Killer", "K")
        self.killer.clicked.connect(self.killer_requested)
        self.verdicts = {verdict: KeyButton(VERDICT_WORDS[verdict], KEYS[verdict]) for verdict in PLACES}
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.accept, 0, 0, 1, 2)
        for verdict, (row, column) in PLACES.items():
            button = self.verdicts[verdict]
            button.setCheckable(True)
            button.setStyleSheet(_checked_style(palette.of_verdict(verdict)))
            button.clicked.connect(lambda _checked, chosen=verdict: self.verdict_chosen.emit(chosen))
            layout.addWidget(button, row, column, 1, 2 if verdict is Verdict.CANNOT_DETERMINE else 1)
        self.killer.setCheckable(True)
        self.killer.setStyleSheet(_checked_style(palette.ng))
        layout.addWidget(self.killer, 4, 0, 1, 2)

    def set_accept(self, words: str) -> None:
        """What accepting the model's word means here; empty where it has none."""
        self.accept.set_words(words)

    def set_judgement(self, judgement: Judgement) -> None:
        """Show what is decided."""
        for verdict, button in self.verdicts.items():
            button.setChecked(verdict is judgement.verdict)
        self.killer.setChecked(judgement.killer is Killer.YES)
        self.killer.word.setText(KILLER_WORDS[judgement.killer])


def _checked_style(color: str) -> str:
    return f"QPushButton {{ text-align: left; }} QPushButton:checked {{ border: 1px solid {color}; }}"
