"""The viewer: header, pictures or a sentence in their place, readout, window and overlays."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout

from app.theme import Palette, with_role
from app.views.review.levels_bar import LevelsBar
from app.views.review.message_card import MessageCard
from app.views.review.overlay_bar import OverlayBar
from app.views.review.pane import Box
from app.views.review.pictures import Pictures
from app.views.review.reference_bar import ReferenceBar
from app.views.shell.elided_label import ElidedLabel
from core.domain.arrays import FloatArray, GrayImage

READOUT_PX = 22


class Viewer(QFrame):
    """Setters and wishes; the parts are public so that the presenter connects to them directly."""

    detect_requested = Signal()

    def __init__(self, palette: Palette, map_range: tuple[float, float]) -> None:
        super().__init__()
        self.pictures = Pictures(palette, map_range)
        self.levels = LevelsBar(palette)
        self.overlays = OverlayBar()
        self.reference = ReferenceBar(palette)
        self.reference.hide()
        self._name = with_role(ElidedLabel(), "heading")
        self._facts = with_role(QLabel(), "muted")
        self._readout = with_role(QLabel(), "muted")
        self._hint = ElidedLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._hint.setStyleSheet(f"color: {palette.unknown};")
        for line in (self._readout, self._hint):
            line.setFixedHeight(READOUT_PX)
        self._card, self._aside = MessageCard(), MessageCard()
        self._aside.setParent(self.pictures)
        self._aside_wanted, self._aside_allowed = False, True
        self._aside.hide()
        self._card.pressed.connect(self.detect_requested)
        self._aside.pressed.connect(self.detect_requested)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.pictures)
        self._stack.addWidget(self._card)
        self.pictures.right.sigResized.connect(lambda *_: self._place_aside())
        self.pictures.installEventFilter(self)
        self._lay_out()

    def set_header(self, name: str, facts: str) -> None:
        """Name of the image, and its size, depth and pixel size."""
        self._name.setText(name)
        self._facts.setText(facts)

    def set_picture(
        self, pixels: GrayImage, levels: tuple[float, float], content_height: int, nm_per_px: float | None
    ) -> None:
        """Show an image; its map follows."""
        self._stack.setCurrentWidget(self.pictures)
        self._set_bars_enabled(True)
        self.pictures.set_picture(pixels, levels, content_height)
        self.pictures.set_pixel_size(nm_per_px)

    def set_map(self, shades: NDArray[np.uint8] | None, outline: FloatArray, boxes: Sequence[Box]) -> None:
        """Show the image's map, mask and regions."""
        self.say_nothing_beside()
        self.pictures.set_map(shades, outline, boxes)

    def show_residual(self, shown: bool) -> None:
        """A pane beside the image, or the image alone and larger."""
        self.pictures.show_residual(shown)
        self._aside_allowed = shown
        self._aside.setVisible(shown and self._aside_wanted)

    def say_beside(self, title: str, sentence: str, button: str = "") -> None:
        """A sentence in the place of the residual."""
        self._aside.set_message(title, sentence, button)
        self._place_aside()
        self._aside_wanted = True
        self._aside.setVisible(self._aside_allowed)

    def say_nothing_beside(self) -> None:
        """There is a picture in that place."""
        self._aside_wanted = False
        self._aside.hide()

    def say_instead(self, title: str, sentence: str, button: str = "") -> None:
        """A sentence in the place of both pictures; what was shown before is gone."""
        self.clear()
        self.levels.clear()
        self._set_bars_enabled(False)
        self._card.set_message(title, sentence, button)
        self._stack.setCurrentWidget(self._card)

    def clear(self) -> None:
        """Show no picture: the next one is on its way."""
        self.say_nothing_beside()
        self.pictures.clear_pictures()
        self.pictures.set_pixel_size(None)
        self.set_readout("")

    def set_readout(self, text: str) -> None:
        """What is under the cursor."""
        self._readout.setText(text)

    def set_hint(self, text: str) -> None:
        """A word on what the last key did or could not do."""
        self._hint.setText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the sentence over its pane."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place_aside()
        return super().eventFilter(watched, event)

    def _set_bars_enabled(self, enabled: bool) -> None:
        self.levels.setEnabled(enabled)
        self.overlays.setEnabled(enabled)

    def _place_aside(self) -> None:
        pane = self.pictures.right.sceneBoundingRect()
        corner = self.pictures.mapFromScene(pane.topLeft())
        self._aside.setGeometry(QRect(corner, pane.size().toSize()))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._name)
        head.addStretch(1)
        head.addWidget(self._facts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 10, 6, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        below = QHBoxLayout()
        below.addWidget(self._readout)
        below.addWidget(self._hint, 1)
        layout.addLayout(below)
        layout.addWidget(self.reference)
        layout.addWidget(self.overlays)
        layout.addWidget(self.levels)
