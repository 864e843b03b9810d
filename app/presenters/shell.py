"""The window's own state: which screen, which lot, which messages; and the figures of the status line."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.events import Events
from app.main_window import MainWindow
from app.messages import Message
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.review import ChangeSet, UndoScope

LOTS, REVIEW, DISCOVER, CLASSES = "lots", "review", "discover", "classes"
RECIPES, WAFER, QUALITY = "recipes", "wafer", "quality"
OF_A_LOT = (REVIEW, DISCOVER, WAFER, QUALITY)
KEPT_MESSAGES = 50


@dataclass(frozen=True, slots=True)
class ShellState:
    """What the window shows around the screens; messages newest first."""

    screen: str = LOTS
    lot_id: LotId | None = None
    lot_name: str = ""
    jobs_visible: bool = False
    messages: tuple[Message, ...] = ()


def add_message(state: ShellState, message: Message) -> ShellState:
    """Show a message; one that is shown already moves to the front instead of piling up."""
    others = tuple(other for other in state.messages if other != message)
    return replace(state, messages=(message, *others)[:KEPT_MESSAGES])


def dismiss_message(state: ShellState) -> ShellState:
    """Drop the newest message."""
    return replace(state, messages=state.messages[1:])


class ShellPresenter(QObject):
    """Applies ShellState to the main window."""

    review_shown = Signal()
    screen_changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        events: Events,
        name_lot: Callable[[LotId], str],
        open_path: Callable[[Path], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._events = window, events
        self._name_lot, self._open_path = name_lot, open_path
        self._state = ShellState()
        events.lot_requested.connect(lambda lot_id: self.show_lot(LotId(lot_id)))
        events.user_error.connect(self.show_error)
        events.notice.connect(self.show_message)
        events.changed.connect(self._on_changed)
        window.rail.destination_requested.connect(self.show_screen)
        window.banner.dismiss_requested.connect(lambda: self._apply(dismiss_message(self._state)))
        window.banner.dismiss_all_requested.connect(lambda: self._apply(replace(self._state, messages=())))
        window.banner.open_requested.connect(self._open)
        window.jobs.close_requested.connect(self.toggle_jobs)
        window.status.jobs.clicked.connect(self.toggle_jobs)
        window.set_state(self._state.screen, self._state.lot_name, can_review=False)

    @property
    def state(self) -> ShellState:
        """What is shown now."""
        return self._state

    @property
    def undo_scope(self) -> UndoScope:
        """What is on the screen and can be undone: a lot's images or groups, or the classes."""
        if self._state.screen == CLASSES:
            return "classes"
        return self._state.lot_id if self._state.screen in OF_A_LOT else None

    def show_screen(self, screen: str) -> None:
        """Go to a screen."""
        if screen not in OF_A_LOT or self._state.lot_id is not None:
            self._apply(replace(self._state, screen=screen))

    def show_lot(self, lot_id: LotId) -> None:
        """Go to the review of a lot."""
        self._apply(replace(self._state, screen=REVIEW, lot_id=lot_id, lot_name=self._name_lot(lot_id)))

    def show_error(self, error: UserError) -> None:
        """Show an error as a sentence."""
        self.show_message(Message(error.message, error.hint))

    def show_message(self, message: Message) -> None:
        """Show a message in the banner."""
        self._apply(add_message(self._state, message))

    def toggle_jobs(self) -> None:
        """Show or hide the jobs panel."""
        self._apply(replace(self._state, jobs_visible=not self._state.jobs_visible))

    def _open(self, message: Message) -> None:
        if message.path is not None:
            self._open_path(message.path)
        if message.lot_id is not None:
            self._apply(dismiss_message(self._state))
            self._events.lot_requested.emit(message.lot_id)

    def _on_changed(self, change: object, _initiator: object) -> None:
        if isinstance(change, ChangeSet):
            self._window.status.set_saved(datetime.now(UTC))

    def _apply(self, state: ShellState) -> None:
        old, self._state = self._state, state
        if state.messages != old.messages:
            shown = state.messages[0] if state.messages else None
            self._window.banner.set_message(shown, more=max(0, len(state.messages) - 1))
        if state.jobs_visible != old.jobs_visible:
            self._window.jobs.setVisible(state.jobs_visible)
        if (state.screen, state.lot_id) != (old.screen, old.lot_id):
            self._window.set_state(state.screen, state.lot_name, can_review=state.lot_id is not None)
            self.screen_changed.emit()
            if state.screen == REVIEW:
                self.review_shown.emit()
