"""The `?` sheet: every key of the application, made from the action table, each of them to be changed."""

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.actions import KeyRow
from app.theme import with_role

COLUMNS = 2
KEYS_WIDTH_PX = 190
SECTION_GAP_PX = 14
Sections = Mapping[str, Sequence[KeyRow]]


class KeySheet(QDialog):
    """Sections of keys in columns; a click on a key asks for another."""

    remap_requested = Signal(str)

    def __init__(self, sections: Sections, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self._buttons: dict[str, QPushButton] = {}
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setSpacing(40)
        columns.setContentsMargins(24, 20, 24, 8)
        for share in _balance(sections, COLUMNS):
            columns.addLayout(self._column({name: sections[name] for name in share}), 1)
        self._lay_out(body)

    def button(self, action_id: str) -> QPushButton:
        """The key of an action."""
        return self._buttons[action_id]

    def set_keys(self, action_id: str, keys: str) -> None:
        """Show other keys."""
        self._buttons[action_id].setText(keys)

    def _column(self, sections: Sections) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, KEYS_WIDTH_PX)
        grid.setColumnStretch(1, 1)
        for line, (name, row) in enumerate(_lines(sections)):
            if row is None:
                title = with_role(QLabel(name), "section")
                title.setContentsMargins(0, SECTION_GAP_PX if line else 0, 0, 0)
                grid.addWidget(title, line, 0, 1, 2)
            else:
                grid.addWidget(self._key_button(row), line, 0, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(QLabel(row.text), line, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        return grid

    def _key_button(self, row: KeyRow) -> QPushButton:
        button = with_role(QPushButton(row.keys), "key")
        button.setToolTip("Click to choose another key")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.remap_requested.emit(row.action_id))
        self._buttons[row.action_id] = button
        return button

    def _lay_out(self, body: QWidget) -> None:
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        hint = with_role(
            QLabel("Click a key to change it. Bare keys rest while you type in a field."), "muted"
        )
        hint.setContentsMargins(24, 4, 24, 14)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        layout.addWidget(hint)
        self.resize(max(760, body.sizeHint().width() + 24), min(760, body.sizeHint().height() + 60))


class KeyDialog(QDialog):
    """Asks for a key by having it pressed."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose a key")
        self._edit = QKeySequenceEdit()
        self._edit.setMaximumSequenceLength(1)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(f"Press the new key for “{text}”."))
        layout.addWidget(self._edit)
        layout.addWidget(buttons)

    @property
    def keys(self) -> str:
        """What was pressed, as portable text."""
        return self._edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)


def _lines(sections: Sections) -> Iterator[tuple[str, KeyRow | None]]:
    for name, rows in sections.items():
        yield name, None
        yield from ((name, row) for row in rows)


def _balance(sections: Sections, columns: int) -> list[list[str]]:
    shares: list[list[str]] = [[] for _ in range(columns)]
    heights = [0] * columns
    for name, rows in sections.items():
        shortest = heights.index(min(heights))
        shares[shortest].append(name)
        heights[shortest] += len(rows) + 2
    return shares
