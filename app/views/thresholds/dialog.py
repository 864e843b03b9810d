"""The dialog: which images are defect-free, what they say, and what that would change."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.theme import Palette, with_role
from app.views.shell.elided_label import ElidedLabel
from app.views.thresholds.cut_bands import CutBands, CutPicture
from core.domain.thresholds import ThresholdSource

WIDTH_PX = 620
ABOUT = (
    "A tenth of defect-free images may be Unknown or worse, two in a hundred NG. Nothing is trained: the images are "
    "measured, and their scores say where the thresholds lie."
)


class ThresholdsDialog(QDialog):
    """Setters and wishes."""

    source_chosen = Signal(object)  # ThresholdSource
    folder_requested = Signal()
    measure_requested = Signal()
    cancel_requested = Signal()
    accept_requested = Signal()
    closed = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Thresholds")
        self.setFixedWidth(WIDTH_PX)
        self._in_use = with_role(ElidedLabel(), "muted")
        self._sources = {source: QRadioButton() for source in ThresholdSource}
        self._folder = with_role(ElidedLabel(), "muted")
        self._choose = QPushButton("Choose…", autoDefault=False)
        self._bar = QProgressBar(textVisible=False)
        self._text = with_role(ElidedLabel(), "muted")
        self._bands = CutBands(palette)
        self._effect, self._notes = _sentence(), with_role(_sentence(), "muted")
        self.measure = with_role(QPushButton("Measure", autoDefault=False), "primary")
        self._cancel = QPushButton("Cancel", autoDefault=False)
        self.accept_button = with_role(QPushButton("Use from now on", autoDefault=False), "primary")
        self._close = QPushButton("Close", autoDefault=False)
        self._layout = QVBoxLayout(self)
        self._connect()
        self._lay_out()

    def set_in_use(self, text: str) -> None:
        """Which recipe is in use."""
        self._in_use.setText(text)

    def set_source(self, source: ThresholdSource, words: dict[ThresholdSource, str], folder: str) -> None:
        """What can be chosen, in words, and what is."""
        for known, button in self._sources.items():
            button.setText(words[known])
        self._sources[source].setChecked(True)
        self._folder.setText(folder)

    def set_progress(self, text: str, fraction: float | None, *, is_running: bool) -> None:
        """How far the measurement is; None while nobody knows."""
        self._text.setText(text)
        self._bar.setVisible(is_running)
        self._fit()
        self._bar.setRange(0, 0 if fraction is None else 1000)
        self._bar.setValue(round(1000 * (fraction or 0.0)))
        self._cancel.setVisible(is_running)

    def set_outcome(self, picture: CutPicture | None, effect: str, notes: str) -> None:
        """The thresholds, what they would change, and what should be known about them."""
        self._bands.setVisible(picture is not None)
        self._bands.set_picture(picture)
        for label, text in ((self._effect, effect), (self._notes, notes)):
            label.setText(text)
            label.setVisible(bool(text))
        self._fit()

    def set_enabled(self, *, choose: bool, decided: bool, measure: bool, accept: bool) -> None:
        """What can be done now."""
        for source, button in self._sources.items():
            button.setEnabled(choose and (decided or source is not ThresholdSource.DECIDED))
        self._choose.setEnabled(choose)
        self.measure.setEnabled(measure)
        self.accept_button.setEnabled(accept)

    def showEvent(self, event: QShowEvent) -> None:
        """As high as it needs to be, with the keyboard on what comes first."""
        super().showEvent(event)
        self._fit()
        next(button for button in self._sources.values() if button.isChecked()).setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by the window's own button."""
        super().closeEvent(event)
        self.closed.emit()

    def reject(self) -> None:
        """Closed by Escape or by the button."""
        super().reject()
        self.closed.emit()

    def _fit(self) -> None:
        self.setFixedHeight(self._layout.totalHeightForWidth(WIDTH_PX))

    def _connect(self) -> None:
        group = QButtonGroup(self)
        for source, button in self._sources.items():
            group.addButton(button)
            button.clicked.connect(lambda _on, chosen=source: self.source_chosen.emit(chosen))
        self._choose.clicked.connect(self.folder_requested)
        self.measure.clicked.connect(self.measure_requested)
        self._cancel.clicked.connect(self.cancel_requested)
        self.accept_button.clicked.connect(self.accept_requested)
        self._close.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        about = with_role(_sentence(), "muted")
        about.setText(ABOUT)
        layout = self._layout
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(with_role(QLabel("Thresholds from defect-free images"), "heading"))
        layout.addWidget(about)
        layout.addWidget(self._in_use)
        layout.addLayout(self._source_rows())
        layout.addLayout(_row(self._text, self._cancel, self.measure))
        layout.addWidget(self._bar)
        layout.addWidget(_line())
        for part in (self._bands, self._effect, self._notes):
            layout.addWidget(part)
        layout.addLayout(_row(QWidget(), self._close, self.accept_button))

    def _source_rows(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        rows.setSpacing(6)
        rows.addWidget(self._sources[ThresholdSource.DECIDED])
        rows.addLayout(_row(self._sources[ThresholdSource.FOLDER], self._folder, self._choose, stretched=1))
        rows.addWidget(self._sources[ThresholdSource.WEIGHTS])
        return rows


def _row(*parts: QWidget, stretched: int = 0) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for place, part in enumerate(parts):
        row.addWidget(part, int(place == stretched))
    return row


def _sentence() -> QLabel:
    label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def _line() -> QFrame:
    line = with_role(QFrame(), "line")
    line.setFixedHeight(1)
    return line
