"""The jobs panel: what is at work and what came of it, newest first."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.theme import Palette, icon, with_role
from app.views.jobs.row_widget import JobRowWidget
from app.views.jobs.rows import JobRow

HEIGHT_PX = 210


class JobsPanel(QFrame):
    """Setters and wishes; keeps one widget per job, so that a press on Cancel is never lost to a rebuild."""

    cancel_requested = Signal(int)
    clear_requested = Signal()
    close_requested = Signal()

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobsPanel")
        self.setFixedHeight(HEIGHT_PX)
        self._palette = palette
        self._rows: dict[int, JobRowWidget] = {}
        self._empty = with_role(
            QLabel("Nothing is at work. Opening, detection and export show up here."), "muted"
        )
        self._clear = with_role(QPushButton("Clear finished"), "flat")
        self._clear.clicked.connect(self.clear_requested)
        self._list = QVBoxLayout()
        self._lay_out()

    def set_rows(self, rows: Sequence[JobRow]) -> None:
        """Show these jobs, in this order."""
        for gone in set(self._rows) - {row.key for row in rows}:
            widget = self._rows.pop(gone)
            self._list.removeWidget(widget)
            widget.deleteLater()
        for place, row in enumerate(rows):
            self._widget(row.key, place).set_row(row)
        self._empty.setVisible(not rows)
        self._clear.setEnabled(any(row.state.is_final for row in rows))

    def _widget(self, key: int, place: int) -> JobRowWidget:
        if key not in self._rows:
            widget = JobRowWidget(key, self._palette)
            widget.cancel_requested.connect(self.cancel_requested)
            self._list.insertWidget(place, widget)
            self._rows[key] = widget
        return self._rows[key]

    def _lay_out(self) -> None:
        close = with_role(QToolButton(), "flat")
        close.setIcon(icon("close", self._palette.muted))
        close.setToolTip("Hide  (J)")
        close.clicked.connect(self.close_requested)
        head = QHBoxLayout()
        head.setContentsMargins(14, 6, 6, 2)
        head.addWidget(with_role(QLabel("Jobs"), "heading"), 1)
        head.addWidget(self._clear)
        head.addWidget(close)
        body = QWidget()
        body.setObjectName("jobsBody")
        stack = QVBoxLayout(body)
        stack.setContentsMargins(0, 0, 0, 6)
        stack.setSpacing(0)
        self._empty.setContentsMargins(14, 8, 14, 8)
        stack.addWidget(self._empty)
        stack.addLayout(self._list)
        stack.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)
