"""The `?` sheet: every key of the application, made from the action table."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.theme.roles import with_role

COLUMNS = 2


class KeySheet(QDialog):
    """Sections of keys in columns; any of Esc and ? closes it."""

    def __init__(
        self, sections: Mapping[str, Sequence[tuple[str, str]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setObjectName("keySheet")
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setSpacing(40)
        columns.setContentsMargins(24, 20, 24, 20)
        for share in _balance(sections, COLUMNS):
            columns.addLayout(_column({name: sections[name] for name in share}), 1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.resize(820, min(720, body.sizeHint().height() + 12))


def _column(sections: Mapping[str, Sequence[tuple[str, str]]]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(6)
    for name, rows in sections.items():
        column.addWidget(with_role(QLabel(name), "section"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (keys, text) in enumerate(rows):
            grid.addWidget(with_role(QLabel(keys), "key"), row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(QLabel(text), row, 1)
        column.addLayout(grid)
        column.addSpacing(14)
    column.addStretch(1)
    return column


def _balance(sections: Mapping[str, Sequence[tuple[str, str]]], columns: int) -> list[list[str]]:
    shares: list[list[str]] = [[] for _ in range(columns)]
    heights = [0] * columns
    for name, rows in sections.items():
        shortest = heights.index(min(heights))
        shares[shortest].append(name)
        heights[shortest] += len(rows) + 2
    return shares
