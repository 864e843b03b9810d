"""Filters in force, as chips: each is always in sight, and one click takes it away."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QPushButton, QSizePolicy, QWidget

from app.theme import with_role

MARK = "  ×"
WIDEST_PX, NARROWEST_PX, PADDING_PX = 250, 70, 32


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A filter: what it is called among filters, what it lets through, and the same at length."""

    key: str
    text: str
    tip: str = ""


class ChipButton(QPushButton):
    """Gives way to what is beside it; what does not fit is cut and stands in the tip."""

    def __init__(self, chip: FilterChip) -> None:
        super().__init__()
        self.chip = chip
        with_role(self, "chip")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"Take the filter {chip.text} away")
        self.setToolTip(f"{chip.tip or chip.text}\nClick to take this filter away.")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._show_words(WIDEST_PX)

    def sizeHint(self) -> QSize:
        """As wide as its words, within reason."""
        return QSize(min(self._natural_px(), WIDEST_PX), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Almost nothing: many chips must not widen the window."""
        return QSize(min(self._natural_px(), NARROWEST_PX), super().sizeHint().height())

    def resizeEvent(self, event: object) -> None:
        """Cut the words to what there is."""
        del event
        self._show_words(self.width())

    def _natural_px(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.chip.text + MARK) + PADDING_PX

    def _show_words(self, width_px: int) -> None:
        room = width_px - PADDING_PX + 4 - self.fontMetrics().horizontalAdvance(MARK)
        words = self.fontMetrics().elidedText(self.chip.text, Qt.TextElideMode.ElideRight, room)
        self.setText(words.replace("&", "&&") + MARK)


class FilterChips(QWidget):
    """A row or a column of chips; nothing where nothing is filtered."""

    removed = Signal(str)  # key

    def __init__(self, direction: QBoxLayout.Direction) -> None:
        super().__init__()
        self._chips: tuple[FilterChip, ...] = ()
        self._buttons: list[ChipButton] = []
        self._layout = QBoxLayout(direction, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(5)
        self.hide()

    @property
    def chips(self) -> tuple[FilterChip, ...]:
        """What is shown."""
        return self._chips

    @property
    def buttons(self) -> list[ChipButton]:
        """The chips as they are shown."""
        return list(self._buttons)

    def set_chips(self, chips: Sequence[FilterChip]) -> None:
        """Show these filters."""
        if tuple(chips) == self._chips:
            return
        while self._buttons:
            button = self._buttons.pop()
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()  # it may be in the middle of its own click
        self._chips = tuple(chips)
        for chip in chips:
            button = ChipButton(chip)
            button.clicked.connect(lambda _checked=False, key=chip.key: self.removed.emit(key))
            self._layout.addWidget(button)
            self._buttons.append(button)
        self.setVisible(bool(chips))
