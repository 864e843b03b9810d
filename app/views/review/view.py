"""The review screen: queue left, viewer in the middle, decision right."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QSplitter, QWidget

from app.theme import Palette
from app.views.review.decision_panel import DecisionPanel
from app.views.review.queue_delegate import RowRoles
from app.views.review.queue_panel import QueuePanel
from app.views.review.viewer import Viewer

QUEUE_PX, DECISION_PX = 270, 292
NARROWEST_QUEUE_PX, NARROWEST_DECISION_PX = 212, 248
LEAVING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class ReviewView(QWidget):
    """Assembles the three panels and ends what lasts only while a key is held."""

    blink_held = Signal(bool)

    def __init__(
        self, model: QAbstractItemModel, roles: RowRoles, palette: Palette, map_range: tuple[float, float]
    ) -> None:
        super().__init__()
        self.queue = QueuePanel(model, roles, palette)
        self.viewer = Viewer(palette, map_range)
        self.decision = DecisionPanel(palette)
        self._let_go: list[Callable[[], object]] = []
        self._lay_out()
        for field in self.findChildren(QLineEdit):  # children only once they are laid out
            field.installEventFilter(self)

    def hold_blink(self) -> None:
        """Hide the overlays until the key is let go."""
        self.blink_held.emit(True)
        self._let_go.append(partial(self.blink_held.emit, False))

    def hold_full_size(self) -> None:
        """Show pixel for pixel until the key is let go."""
        self.viewer.pictures.hold_full_size(True)
        self._let_go.append(partial(self.viewer.pictures.hold_full_size, False))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End what lasts as long as a key is down, whichever key it was mapped to."""
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat():
            self._end_holds()

    def changeEvent(self, event: QEvent) -> None:
        """A window that loses the keyboard never hears of the release."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._end_holds()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Escape leave a text field, so that the keys belong to the images again."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            handled = super().eventFilter(watched, event)
            if event.key() in LEAVING_KEYS and isinstance(watched, QLineEdit):
                watched.event(event)  # first: what was typed is taken over
                self.focus_images()
                return True
            return handled
        return super().eventFilter(watched, event)

    def focus_images(self) -> None:
        """Give the keyboard back to the images."""
        self.queue.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end_holds(self) -> None:
        held, self._let_go = self._let_go, []
        for let_go in held:
            let_go()

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        decision = _scrolled(self.decision)
        for part in (self.queue, self.viewer, decision):
            splitter.addWidget(part)
        # The viewer's least width is that of its bars: they must not be cut.
        self.queue.setMinimumWidth(NARROWEST_QUEUE_PX)
        decision.setMinimumWidth(NARROWEST_DECISION_PX)
        splitter.setSizes([QUEUE_PX, 900, DECISION_PX])
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        for side in (0, 2):
            splitter.setStretchFactor(side, 0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)


def _scrolled(panel: QWidget) -> QScrollArea:
    """A panel that gives way on a low screen instead of making the window taller than it."""
    area = QScrollArea()
    area.setWidget(panel)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
