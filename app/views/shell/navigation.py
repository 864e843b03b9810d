"""The rail on the left: one button per screen, and what is always at hand below."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from app.theme import Palette, icon, with_role

WIDTH_PX = 76


@dataclass(frozen=True, slots=True)
class Destination:
    """A screen: its id, the icon and the word on its button, and the key that leads there."""

    id: str
    icon: str
    text: str
    key: str


class NavigationRail(QFrame):
    """Says which screen is shown and asks for another."""

    destination_requested = Signal(str)

    def __init__(
        self, destinations: tuple[Destination, ...], palette: Palette, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("navigationRail")
        self.setFixedWidth(WIDTH_PX)
        self._palette = palette
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(6, 10, 6, 10)
        self._layout.setSpacing(4)
        for destination in destinations:
            self._add(destination)
        self._layout.addStretch(1)

    def set_current(self, destination_id: str) -> None:
        """Mark the screen that is shown."""
        self._buttons[destination_id].setChecked(True)

    def set_enabled(self, destination_id: str, enabled: bool) -> None:
        """Grey a screen out that has nothing to show."""
        self._buttons[destination_id].setEnabled(enabled)

    def add_action(self, action: QAction, icon_name: str, text: str) -> None:
        """Put an action at the foot of the rail."""
        button = self._button(icon_name, text)
        button.clicked.connect(action.trigger)
        button.setToolTip(action.text())
        self._layout.addWidget(button)

    def _add(self, destination: Destination) -> None:
        button = self._button(destination.icon, destination.text)
        button.setCheckable(True)
        button.setToolTip(f"{destination.text}  ({destination.key})")
        button.clicked.connect(lambda: self.destination_requested.emit(destination.id))
        self._group.addButton(button)
        self._buttons[destination.id] = button
        self._layout.addWidget(button)

    def _button(self, icon_name: str, text: str) -> QToolButton:
        button = with_role(QToolButton(), "rail")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIcon(icon(icon_name, self._palette.text, 24))
        button.setIconSize(QSize(24, 24))
        button.setText(text)
        button.setFixedWidth(WIDTH_PX - 12)
        # A click must not take the keys away from the images.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
