"""The dialog: which classes are taught, with how many images each, and what came of it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.theme import with_role
from app.views.shell.elided_label import ElidedLabel

SIZE_PX = (620, 520)
MOST_SHOTS = 50
_LABEL = "label"
ABOUT = (
    "A few images a class teach a detector where such defects are and what they are called. Masks are those that the "
    "last detection drew; images that were decided False say what must stay silent."
)


class FewShotDialog(QDialog):
    """Setters and wishes."""

    labels_chosen = Signal(object)  # frozenset of class names
    count_chosen = Signal(int)
    all_lots_chosen = Signal(bool)
    train_requested = Signal()
    cancel_requested = Signal()
    accept_requested = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Few-shot detector")
        self.resize(*SIZE_PX)
        self._all_lots = QCheckBox("Images of all lots, not of the open one alone")
        self.boxes: list[QCheckBox] = []
        self._classes = QScrollArea(widgetResizable=True)
        self._classes.setAccessibleName("Classes to teach")
        self.count = QSpinBox(minimum=1, maximum=MOST_SHOTS)
        self.count.setAccessibleName("Images a class")
        self._bar = QProgressBar(textVisible=False)
        self._text = with_role(ElidedLabel(), "muted")
        self._outcome = QLabel(wordWrap=True)
        self.train = with_role(QPushButton("Train", autoDefault=False), "primary")
        self._cancel = QPushButton("Cancel", autoDefault=False)
        self.accept_button = with_role(QPushButton("Use from now on", autoDefault=False), "primary")
        self._close = QPushButton("Close", autoDefault=False)
        self._connect()
        self._lay_out()

    def set_supplies(self, rows: Sequence[tuple[str, str]], chosen: frozenset[str]) -> None:
        """What can be taught: the name of each class with a sentence, and which ones are chosen."""
        rows_widget = QWidget()
        layout = QVBoxLayout(rows_widget)
        self.boxes = []
        for label, words in rows:
            box = QCheckBox(words)
            box.setChecked(label in chosen)
            box.setProperty(_LABEL, label)
            box.toggled.connect(self._tell_labels)
            self.boxes.append(box)
            layout.addWidget(box)
        layout.addStretch()
        self._classes.setWidget(rows_widget)

    def set_choice(self, count: int, *, all_lots: bool, has_lot: bool) -> None:
        """How many images a class, and from where."""
        for box in (self.count, self._all_lots):
            box.blockSignals(True)
        self.count.setValue(count)
        self._all_lots.setChecked(all_lots)
        for box in (self.count, self._all_lots):
            box.blockSignals(False)
        self._all_lots.setVisible(has_lot)

    def set_progress(self, text: str, fraction: float | None, *, is_running: bool) -> None:
        """How far the training is; None while nobody knows."""
        self._text.setText(text)
        self._bar.setVisible(is_running)
        self._bar.setRange(0, 0 if fraction is None else 1000)
        self._bar.setValue(round(1000 * (fraction or 0.0)))
        self._cancel.setVisible(is_running)

    def set_outcome(self, text: str) -> None:
        """What was made, or why nothing was."""
        self._outcome.setText(text)
        self._outcome.setVisible(bool(text))

    def set_enabled(self, *, choose: bool, train: bool, accept: bool) -> None:
        """What can be done now."""
        for part in (self._classes, self.count, self._all_lots):
            part.setEnabled(choose)
        self.train.setEnabled(train)
        self.accept_button.setEnabled(accept)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by the window's own button."""
        super().closeEvent(event)
        self.closed.emit()

    def reject(self) -> None:
        """Closed by Escape or by the button."""
        super().reject()
        self.closed.emit()

    def _connect(self) -> None:
        self.count.valueChanged.connect(self.count_chosen)
        self._all_lots.toggled.connect(self.all_lots_chosen)
        self.train.clicked.connect(self.train_requested)
        self._cancel.clicked.connect(self.cancel_requested)
        self.accept_button.clicked.connect(self.accept_requested)
        self._close.clicked.connect(self.reject)

    def _tell_labels(self) -> None:
        self.labels_chosen.emit(frozenset(box.property(_LABEL) for box in self.boxes if box.isChecked()))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(ABOUT, wordWrap=True))
        layout.addWidget(self._all_lots)
        layout.addWidget(self._classes, 1)
        shots = QHBoxLayout()
        shots.addWidget(QLabel("Images a class, at most"))
        shots.addWidget(self.count)
        shots.addStretch()
        layout.addLayout(shots)
        for part in (self._bar, self._text, self._outcome):
            layout.addWidget(part)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for button in (self.train, self._cancel, self.accept_button, self._close):
            buttons.addWidget(button)
        layout.addLayout(buttons)
