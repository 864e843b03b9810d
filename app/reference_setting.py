"""What the menu offers on references: which image, die or folder the open lot is compared with."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMenu

from app.actions import ActionSpec
from app.engine import Engine, Frame
from app.messages import Message
from app.presenters.shell import REVIEW
from app.views.shell import dialogs
from core.domain.errors import UserError
from core.domain.lots import FailedImage
from core.domain.review import ChangeSet, ReviewItem
from core.jobs import JobContext
from core.services.references import choose_golden_die, choose_references, follow_lot

ACTIONS = (
    "run.golden_image",
    "run.golden_die",
    "run.golden_die_name",
    "run.reference_folder",
    "run.own_references",
)
DIE_NAME_LENGTH = 60


class ReferenceSetting:
    """Asks for a reference and has the lot follow it; what is chosen is undone like a decision.

    Args:
        current: the image that is shown.
    """

    def __init__(self, engine: Engine, frame: Frame, current: Callable[[], ReviewItem | None]) -> None:
        self._engine, self._frame, self._current = engine, frame, current
        self._workspace, self._window, self._shell = engine.workspace, frame.window, frame.shell

    def add_to(self, menu: QMenu) -> None:
        """Offer the actions in a menu of their own."""
        table = self._frame.table
        table.add(self._specs(), self._window)
        inner = menu.addMenu("Reference of the lot")
        for action_id in ACTIONS:
            inner.addAction(table.action(action_id))

    def choose_image(self) -> None:
        """Ask for a golden image."""
        self._choose(dialogs.ask_image(self._window, "Golden image"))

    def choose_folder(self) -> None:
        """Ask for a folder of references, or another die's."""
        self._choose(dialogs.ask_folder(self._window, "Folder of references"))

    def choose_shown(self) -> None:
        """Compare all others with the image that is shown."""
        item = self._current()
        if item is None or isinstance(item.record, FailedImage):
            self._engine.events.user_error.emit(
                UserError("No image is shown.", "Go to the image of the golden die.")
            )
        elif item.record.page:
            hint = "Save it as an image of its own and choose that."
            self._engine.events.user_error.emit(
                UserError("Only the first page of a stack can be a reference.", hint)
            )
        else:
            self._choose(item.record.path)

    def choose_name(self) -> None:
        """Ask what the golden die is called in the names of the images."""
        label = "The golden die as it stands in the names, for example die_1:"
        word = dialogs.ask_text(self._window, "Golden die", label, "", DIE_NAME_LENGTH)
        lot_id = self._shell.state.lot_id
        if word and lot_id is not None:
            self._start(lambda _ctx: choose_golden_die(self._workspace, lot_id, word), f"Refer to {word}")

    def follow_lot(self) -> None:
        """Take the lot's own references again."""
        if (lot_id := self._shell.state.lot_id) is not None:
            self._start(lambda _ctx: follow_lot(self._workspace, lot_id), "Take the lot's own references")

    def _choose(self, source: Path | None) -> None:
        lot_id = self._shell.state.lot_id
        if source is not None and lot_id is not None:
            job = partial(choose_references, self._workspace, lot_id, source)
            self._start(job, f"Refer to {source.name}")

    def _start(self, job: Callable[[JobContext], ChangeSet], title: str) -> None:
        running = self._engine.runner.start(job, title=title)
        running.failed.connect(self._engine.report_failure)
        running.succeeded.connect(self._on_chosen)

    def _on_chosen(self, changes: ChangeSet) -> None:
        self._engine.events.changed.emit(changes, self)
        said = changes.title if changes.referred else "Every image has that reference already."
        hint = "F5 measures the lot by it, Ctrl+Z takes it back." if changes.referred else ""
        self._engine.events.notice.emit(Message(said, hint, is_error=False))

    def _has_lot(self) -> bool:
        return self._frame.has_lot

    def _shows_image(self) -> bool:
        return self._has_lot() and self._shell.state.screen == REVIEW

    def _specs(self) -> tuple[ActionSpec, ...]:
        rows = (
            ("Golden image…", self.choose_image, self._has_lot),
            ("The shown image is the golden die", self.choose_shown, self._shows_image),
            ("Golden die by its name…", self.choose_name, self._has_lot),
            ("Folder of references or of a golden die…", self.choose_folder, self._has_lot),
            ("As the lot gives them", self.follow_lot, self._has_lot),
        )
        return tuple(
            ActionSpec(action_id, text, "", callback, enabled_when, "Run")
            for action_id, (text, callback, enabled_when) in zip(ACTIONS, rows, strict=True)
        )
