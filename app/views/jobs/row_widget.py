"""One job: title, progress bar, what is going on, cancel, and the items that failed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPlainTextEdit, QProgressBar, QPushButton, QWidget

from app.theme import Palette, with_role
from app.views.jobs.rows import JobRow
from app.views.shell.elided_label import ElidedLabel
from core.jobs import JobState

ERRORS_HEIGHT_PX = 120


class JobRowWidget(QFrame):
    """Setters and one wish."""

    cancel_requested = Signal(int)

    def __init__(self, key: int, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        with_role(self, "job")
        self._palette = palette
        self._title = with_role(ElidedLabel(), "strong")
        self._text = with_role(ElidedLabel(), "muted")
        self._bar = QProgressBar(textVisible=False)
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(lambda: self.cancel_requested.emit(key))
        self._show_errors = with_role(QPushButton(), "link")
        self._show_errors.setCheckable(True)
        self._errors = QPlainTextEdit(readOnly=True)
        self._errors.setFixedHeight(ERRORS_HEIGHT_PX)
        self._errors.hide()
        self._show_errors.toggled.connect(self._errors.setVisible)
        self._lay_out()

    def set_row(self, row: JobRow) -> None:
        """Show how the job is now."""
        self._title.setText(row.title)
        self._text.setText(row.text)
        self._bar.setRange(0, 0 if row.fraction is None and not row.state.is_final else 1000)
        self._bar.setValue(round(1000 * (row.fraction or 0.0)))
        self._bar.setVisible(not row.state.is_final)
        self._cancel.setVisible(not row.state.is_final)
        color = self._palette.ng if row.state is JobState.FAILED else self._palette.muted
        self._text.setStyleSheet(f"color: {color}")
        self._show_errors.setVisible(row.error_count > 0)
        self._show_errors.setText(_count(row.error_count))
        hidden = row.error_count - len(row.errors)
        text = "\n".join([*row.errors, f"… and {hidden} more" if hidden else ""]).rstrip()
        if self._errors.toPlainText() != text:
            self._errors.setPlainText(text)

    def _lay_out(self) -> None:
        self._show_errors.hide()
        layout = QGridLayout(self)
        layout.setContentsMargins(14, 8, 10, 8)
        layout.setHorizontalSpacing(16)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(1, 1)
        layout.addWidget(self._title, 0, 0)
        layout.addWidget(self._text, 0, 1)
        layout.addWidget(self._show_errors, 0, 2)
        layout.addWidget(self._cancel, 0, 3, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._bar, 1, 0, 1, 3)
        layout.addWidget(self._errors, 2, 0, 1, 4)


def _count(errors: int) -> str:
    return "1 image could not be measured" if errors == 1 else f"{errors} images could not be measured"
