"""What lies over the image and beside it, as buttons."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton

from app.theme import with_role

SHORTEST_PX, LONGEST_PX = 40, 96


class OverlayBar(QFrame):
    """Setters and wishes; every button names its key."""

    heatmap_toggled = Signal(bool)
    mask_toggled = Signal(bool)
    residual_toggled = Signal(bool)
    link_toggled = Signal(bool)
    opacity_edited = Signal(float)
    fit_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.heatmap_button = make_toggle("Heatmap", "H")
        self.mask_button = make_toggle("Mask", "M")
        self.residual_button = make_toggle("Beside", "O", "A pane beside the image")
        self.link_button = make_toggle("Link", "L")
        self.fit_button = make_button("Fit", "Z")
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.opacity.setMinimumWidth(SHORTEST_PX)
        self.opacity.setMaximumWidth(LONGEST_PX)
        self.opacity.setToolTip("Opacity of the heatmap  ([ and ])")
        self._percent = with_role(QLabel(), "muted")
        self._percent.setFixedWidth(38)
        self.heatmap_button.clicked.connect(self.heatmap_toggled)
        self.mask_button.clicked.connect(self.mask_toggled)
        self.residual_button.clicked.connect(self.residual_toggled)
        self.link_button.clicked.connect(self.link_toggled)
        self.fit_button.clicked.connect(self.fit_requested)
        self.opacity.valueChanged.connect(lambda percent: self.opacity_edited.emit(percent / 100))
        self._lay_out()

    def set_overlays(
        self, *, heatmap: bool, mask: bool, residual: bool, linked: bool, opacity: float
    ) -> None:
        """Show what is on."""
        self.heatmap_button.setChecked(heatmap)
        self.mask_button.setChecked(mask)
        self.residual_button.setChecked(residual)
        self.link_button.setChecked(linked)
        self.link_button.setEnabled(residual)
        self._percent.setText(f"{opacity:.0%}")
        self.opacity.blockSignals(True)
        self.opacity.setValue(round(opacity * 100))
        self.opacity.blockSignals(False)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.heatmap_button)
        layout.addWidget(self.opacity)
        layout.addWidget(self._percent)
        layout.addWidget(self.mask_button)
        layout.addStretch(1)
        layout.addWidget(self.residual_button)
        layout.addWidget(self.link_button)
        layout.addWidget(self.fit_button)


def make_button(word: str, key: str, tip: str = "") -> QToolButton:
    """A button that names its key, and takes no focus."""
    button = QToolButton()
    button.setText(word)
    button.setToolTip(f"{tip or word}  ({key})")
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def make_toggle(word: str, key: str, tip: str = "") -> QToolButton:
    """The same, on or off."""
    button = make_button(word, key, tip)
    button.setCheckable(True)
    return button
