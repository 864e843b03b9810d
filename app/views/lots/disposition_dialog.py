"""The dialog in which a lot's disposition is signed and countersigned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.theme import with_role
from core.domain.dispositions import DispositionWord

WIDTH_PX = 620
ABOUT = "A disposition is in force once a second person has signed it. A later one takes its place; none is removed."


@dataclass(frozen=True, slots=True)
class DispositionFields:
    """What was filled in."""

    wafer: str
    word: DispositionWord
    reason: str
    owner: str
    due: date | None


@dataclass(frozen=True, slots=True)
class StandingLine:
    """One disposition that stands, in words; `can_countersign` where this reviewer may."""

    disposition_id: int
    what: str
    signatures: str
    can_countersign: bool


class DispositionDialog(QDialog):
    """Setters and wishes."""

    sign_requested = Signal(object)  # DispositionFields
    countersign_requested = Signal(int)

    def __init__(self, lot_name: str, words: Mapping[DispositionWord, str], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Disposition")
        self.setFixedWidth(WIDTH_PX)
        self._standing = QVBoxLayout()
        self._standing.setSpacing(8)
        self.word, self.wafer = QComboBox(), QLineEdit(placeholderText="the whole lot")
        self.reason, self.owner = QLineEdit(), QLineEdit()
        self.has_due = QCheckBox("until")
        self.due = QDateEdit()
        self.due.setCalendarPopup(True)
        self.due.setDisplayFormat("yyyy-MM-dd")
        self.sign = with_role(QPushButton(autoDefault=False), "primary")
        self._problem = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        for word, text in words.items():
            self.word.addItem(text, word)
        self._connect()
        self._lay_out(lot_name)

    def set_standing(self, lines: Sequence[StandingLine]) -> None:
        """The dispositions that stand now."""
        while (taken := self._standing.takeAt(0)) is not None:
            if (row := taken.widget()) is not None:
                row.hide()
                row.deleteLater()
        if not lines:
            self._standing.addWidget(with_role(QLabel("None has been given."), "muted"))
        for line in lines:
            self._standing.addWidget(self._row(line))
        self.adjustSize()

    def set_reviewer(self, name: str, today: date) -> None:
        """Who signs, and from when a date can be chosen."""
        self.sign.setText(f"Sign as {name}")
        self.due.setDate(QDate(today.year, today.month, today.day))

    def show_problem(self, text: str) -> None:
        """Why it was not signed; empty takes it away."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self.adjustSize()

    def clear_fields(self) -> None:
        """Ready for another one."""
        for field in (self.wafer, self.reason, self.owner):
            field.clear()

    def _row(self, line: StandingLine) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        texts = QVBoxLayout()
        for text, role in ((line.what, None), (line.signatures, "muted")):
            label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
            texts.addWidget(label if role is None else with_role(label, role))
        layout.addLayout(texts, 1)
        if line.can_countersign:
            button = QPushButton("Countersign", autoDefault=False)
            button.clicked.connect(lambda: self.countersign_requested.emit(line.disposition_id))
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _connect(self) -> None:
        self.has_due.toggled.connect(self.due.setEnabled)
        self.due.setEnabled(False)
        self.sign.clicked.connect(lambda: self.sign_requested.emit(self._fields()))

    def _fields(self) -> DispositionFields:
        chosen = self.due.date()
        day = date(chosen.year(), chosen.month(), chosen.day()) if self.has_due.isChecked() else None
        word = DispositionWord(self.word.currentData())
        return DispositionFields(self.wafer.text(), word, self.reason.text(), self.owner.text(), day)

    def _lay_out(self, lot_name: str) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(
            with_role(QLabel(f"Disposition of {lot_name}", textFormat=Qt.TextFormat.PlainText), "heading")
        )
        layout.addWidget(with_role(QLabel(ABOUT, wordWrap=True), "muted"))
        layout.addLayout(self._standing)
        layout.addLayout(self._form())
        layout.addWidget(with_role(self._problem, "complaint"))
        layout.addLayout(self._buttons())
        self._problem.hide()

    def _form(self) -> QFormLayout:
        form, due = QFormLayout(), QHBoxLayout()
        due.addWidget(self.has_due)
        due.addWidget(self.due, 1)
        form.addRow("Disposition", self.word)
        form.addRow("Wafer", self.wafer)
        form.addRow("Reason", self.reason)
        form.addRow("Owner", self.owner)
        form.addRow("Due", due)
        return form

    def _buttons(self) -> QHBoxLayout:
        buttons, close = QHBoxLayout(), QPushButton("Close", autoDefault=False)
        close.clicked.connect(self.reject)
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self.sign)
        return buttons
