"""The decision panel: the model's word, the engineer's word, and what led there."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
)

from app.theme import Palette, with_role
from app.views.review.class_list import ClassList
from app.views.review.history_list import HistoryList
from app.views.review.region_table import RegionTable
from app.views.review.score_band import Band, ScoreBand
from app.views.review.suggestion import SuggestedClass
from app.views.review.verdict_buttons import VerdictButtons
from core.domain.decisions import DefectClass, Judgement
from core.domain.lengths import NOTE_LENGTH

REGIONS_PX = 112


class DecisionPanel(QFrame):
    """Setters and wishes; the parts are public so that the presenter connects to them directly."""

    note_committed = Signal(str)
    bulk_requested = Signal()
    auto_advance_toggled = Signal(bool)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._word, self._score = with_role(QLabel(), "heading"), with_role(QLabel(), "muted")
        self._current = QLabel(textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self._band = ScoreBand(palette)
        self.regions = RegionTable()
        self.regions.setFixedHeight(REGIONS_PX)
        self.suggestion = SuggestedClass()
        self.verdicts = VerdictButtons(palette)
        self.classes = ClassList(palette)
        self.note = QLineEdit(placeholderText="Note…  (T)", maxLength=NOTE_LENGTH)
        self._history = HistoryList(palette)
        self.bulk = QPushButton()
        self.bulk.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.bulk.clicked.connect(self.bulk_requested)
        self.auto_advance = QCheckBox("Go on after a decision")
        self.auto_advance.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.auto_advance.clicked.connect(self.auto_advance_toggled)
        self.note.editingFinished.connect(self.commit_note)
        self._kept_note = ""
        self._lay_out()
        self._settle_note_before_clicks()

    def _settle_note_before_clicks(self) -> None:
        """Buttons and classes take no focus, so a click must not carry a half-typed note to the next image."""
        for button in self.findChildren(QAbstractButton):
            button.pressed.connect(self.commit_note)
        self.classes.list.pressed.connect(self.commit_note)

    def set_model_word(self, word: str, color: str, score: str) -> None:
        """The model's verdict in its colour, and the score."""
        self._word.setText(word)
        self._word.setStyleSheet(f"color: {color};")
        self._score.setText(score)

    def set_band(self, band: Band | None, tip: str) -> None:
        """Where the score lies between the thresholds."""
        self._band.set_band(band)
        self._band.setToolTip(tip)

    def set_judgement(self, judgement: Judgement, words: str, color: str) -> None:
        """What is decided now, in words and on the buttons."""
        self._current.setText(f'<span style="color:{color}">●</span>&nbsp; {escape(words)}')
        self.verdicts.set_judgement(judgement)
        self.classes.set_current(judgement.class_id)
        self._kept_note = judgement.note[
            :NOTE_LENGTH
        ].strip()  # as the field has it: a longer one is no new note
        if not self.note.hasFocus() or not self.note.isModified():
            self.note.setText(judgement.note)

    def set_classes(self, classes: Sequence[DefectClass]) -> None:
        """Offer these classes."""
        self.classes.set_classes(classes)

    def set_history(self, lines: Sequence[str]) -> None:
        """Decisions on this image, newest first."""
        self._history.set_lines(lines)

    def set_selected(self, count: int) -> None:
        """Offer the bulk decision while several images are selected."""
        self.bulk.setVisible(count > 1)
        self.bulk.setText(f"Apply to {count:,} selected   (Ctrl+Enter)")

    def set_auto_advance(self, on: bool) -> None:
        """Show whether a decision moves on."""
        self.auto_advance.setChecked(on)

    def set_enabled(self, enabled: bool) -> None:
        """Whether there is anything to decide."""
        for part in (self.suggestion, self.verdicts, self.classes, self.note):
            part.setEnabled(enabled)

    def focus_note(self) -> None:
        """Put the keyboard into the note."""
        self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def commit_note(self) -> None:
        """Hand over what stands in the note, if it is new."""
        text = self.note.text().strip()
        self.note.setModified(False)
        if text != self._kept_note:
            self.note_committed.emit(text)

    def _lay_out(self) -> None:
        model = QHBoxLayout()
        model.addWidget(self._word)
        model.addWidget(self._score, 1, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 10, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(model)
        layout.addWidget(self._band)
        layout.addWidget(self.regions)
        layout.addWidget(self.suggestion)
        layout.addWidget(_section("Decision"))
        layout.addWidget(self._current)
        layout.addWidget(self.verdicts)
        layout.addWidget(self.bulk)
        layout.addWidget(_section("Class"))
        layout.addWidget(self.classes, 1)
        layout.addWidget(self.note)
        layout.addWidget(_section("History"))
        layout.addWidget(self._history)
        layout.addWidget(self.auto_advance)


def _section(word: str) -> QLabel:
    label = with_role(QLabel(word), "section")
    label.setIndent(0)  # flush with the fields below
    return label
