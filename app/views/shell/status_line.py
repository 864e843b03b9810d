"""The status line: what is saved, on which device detection runs, who reviews, and what is at work."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QStatusBar, QWidget

from app.theme import with_role
from app.views.shell.elided_label import ElidedLabel

WIDEST_PX, BAR_PX = 420, 120


class JobIndicator(QPushButton):
    """One line on the running jobs; a click shows the jobs panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        with_role(self, "indicator")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setToolTip("Show the jobs  (J)")
        self._text = ElidedLabel()
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(BAR_PX)
        self._line = layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.addWidget(self._text)
        layout.addWidget(self._bar)
        for child in (self._text, self._bar):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_activity(self, text: str, fraction: float | None) -> None:
        """Say what is at work; an empty text hides the line. A fraction of None is a bar without end."""
        self.setVisible(bool(text))
        self._text.setText(text)
        self._bar.setRange(0, 1000 if fraction is not None else 0)
        self._bar.setValue(round(1000 * fraction) if fraction is not None else 0)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The line's own, within bounds: a button asks its text, and this one has none."""
        return QSize(min(WIDEST_PX, self._line.sizeHint().width()), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The bar and a little text: a long name must not widen the window."""
        return QSize(2 * BAR_PX, super().sizeHint().height())


class StatusLine(QStatusBar):
    """Setters, and the wish to read the notices."""

    notices_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.jobs = JobIndicator()
        self._saved = QLabel("Nothing unsaved")
        self._device = ElidedLabel()
        self._reviewer = ElidedLabel()
        self._notices = with_role(QPushButton(), "indicator")
        self._notices.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._notices.clicked.connect(self.notices_requested)
        self._notices.hide()
        self.addWidget(self._saved)
        self.addWidget(self.jobs)
        self.addPermanentWidget(self._notices)
        self.addPermanentWidget(self._device)
        self.addPermanentWidget(self._reviewer)

    def set_saved(self, moment: datetime) -> None:
        """Say up to when every decision is on the disk."""
        self._saved.setText(f"Saved {moment.astimezone():%H:%M:%S}")

    def set_notices(self, notices: Sequence[str]) -> None:
        """Say that there is something to know about this machine; the tip has it in full."""
        self._notices.setVisible(bool(notices))
        self._notices.setText("1 notice" if len(notices) == 1 else f"{len(notices)} notices")
        self._notices.setToolTip("\n".join(notices))

    def set_device(self, text: str) -> None:
        """Name the device that detection runs on."""
        self._device.setText(text)

    def set_reviewer(self, name: str) -> None:
        """Name the person whose decisions these are."""
        self._reviewer.setText(f"Reviewer: {name}")
