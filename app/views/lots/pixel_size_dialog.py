"""The dialog in which a person says how wide a pixel is, and how that is known."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.theme import with_role

WIDTH_PX = 560
# Without any buttons the style sheet would leave no room for the text.
_NO_ARROWS = "QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }"
ABOUT = (
    "Sizes in nm come from the pixel size in the images' metadata; without one they stay blank. What is said here is "
    "kept with name and date, and reports name it as the source."
)
LINE_HINT = "Draw a line along the scale bar (Shift+drag) before, and its length can be given here."


class PixelSizeDialog(QDialog):
    """Setters and wishes."""

    give_requested = Signal(float, str, bool)  # nm, how it is known, also before metadata
    take_back_requested = Signal()

    def __init__(self, lot_name: str, limits_nm: tuple[float, float], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Pixel size")
        self.setFixedWidth(WIDTH_PX)
        self._known = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.nm, self.line_nm = _spin_box(limits_nm), _spin_box((0.0, 1e8))
        self._line_words = with_role(QLabel(LINE_HINT, wordWrap=True), "muted")
        self.how = QLineEdit(placeholderText="magnification, scale bar, recipe of the tool …")
        self.overrides = QCheckBox("also where the metadata say otherwise")
        self.give = with_role(QPushButton("Set", autoDefault=False), "primary")
        self.take_back = QPushButton("Take back", autoDefault=False)
        self._problem = with_role(QLabel(wordWrap=True), "complaint")
        self._line_px: float | None = None
        self._connect()
        self._lay_out(lot_name)

    def set_known(self, lines: Sequence[str], *, is_given: bool) -> None:
        """What the images have now, and whether a person gave any of it."""
        self._known.setText("\n".join(lines))
        self.take_back.setEnabled(is_given)
        self.adjustSize()

    def set_line(self, length_px: float | None) -> None:
        """The measured line that lies on the picture; None where there is none."""
        self._line_px = length_px
        self.line_nm.setEnabled(length_px is not None)
        if length_px is not None:
            self._line_words.setText(f"The measured line has {length_px:.1f} px.")

    def show_problem(self, text: str) -> None:
        """Why it was not set; empty takes it away."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self.adjustSize()

    def _use_line(self, nm: float) -> None:
        if self._line_px and nm:
            self.nm.setValue(nm / self._line_px)
            self.how.setText(f"scale bar: {nm:g} nm are {self._line_px:.1f} px")

    def _connect(self) -> None:
        self.line_nm.valueChanged.connect(self._use_line)
        self.give.clicked.connect(
            lambda: self.give_requested.emit(self.nm.value(), self.how.text(), self.overrides.isChecked())
        )
        self.take_back.clicked.connect(self.take_back_requested)

    def _lay_out(self, lot_name: str) -> None:
        form = QFormLayout()
        form.addRow("A pixel is", self.nm)
        form.addRow("The line is", self.line_nm)
        form.addRow("", self._line_words)
        form.addRow("Known by", self.how)
        form.addRow("", self.overrides)
        buttons, close = QHBoxLayout(), QPushButton("Close", autoDefault=False)
        close.clicked.connect(self.reject)
        buttons.addWidget(self.take_back)
        buttons.addStretch(1)
        buttons.addWidget(close)
        buttons.addWidget(self.give)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        title = QLabel(f"Pixel size of {lot_name}", textFormat=Qt.TextFormat.PlainText)
        layout.addWidget(with_role(title, "heading"))
        layout.addWidget(with_role(QLabel(ABOUT, wordWrap=True), "muted"))
        layout.addWidget(self._known)
        layout.addLayout(form)
        layout.addWidget(self._problem)
        layout.addLayout(buttons)
        self._problem.hide()


def _spin_box(limits: tuple[float, float]) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setDecimals(4)
    box.setRange(*limits)
    box.setSuffix(" nm")
    box.setGroupSeparatorShown(True)
    box.setStyleSheet(_NO_ARROWS)
    return box
