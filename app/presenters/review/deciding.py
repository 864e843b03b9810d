"""Deciding: each key or button becomes one durable action of the history."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.events import ClassesChanged, Events
from app.presenters.review import decisions as edits
from app.presenters.review.services import JudgementEdit, ReviewServices
from app.presenters.review.state import ReviewState
from core.domain.decisions import DefectClass, Verdict
from core.domain.errors import UserError
from core.domain.ids import ClassId
from core.domain.review import ReviewItem


class Deciding(QObject):
    """Commits edits of the current image or of the selection; who shows the outcome listens to `committed`."""

    committed = Signal(object, bool)  # ChangeSet, whether to go on to the next image
    hinted = Signal(str)
    classes_changed = Signal()

    def __init__(
        self, services: ReviewServices, events: Events, state: Callable[[], ReviewState], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._services, self._events, self._state = services, events, state
        self.classes: dict[ClassId, DefectClass] = {}

    def read_classes(self) -> None:
        """Ask which classes there are."""
        self.classes = {known.id: known for known in self._services.list_classes()}
        self.classes_changed.emit()

    def accept(self) -> None:
        """Agree with the model."""
        item = self._state().current_item
        if item is None or not edits.can_decide(item):
            return
        edit = edits.accept_model(item, self.classes)
        if edit is None:
            self.hinted.emit("The model has no clear word on this image: give a verdict or a class.")
        else:
            self._decide(edit)

    def accept_suggestion(self) -> None:
        """Decide by the class that the model suggests; one that there is not yet is made."""
        item = self._state().current_item
        name, named = edits.suggested_name(item), edits.suggested_class(item, self.classes)
        if not name:
            self.hinted.emit("The model suggests no class for this image.")
        elif named is not None:
            self.give_class(named.id)
        else:
            self.make_class(name)

    def give_verdict(self, verdict: Verdict) -> None:
        """Decide by verdict."""
        self._decide(edits.edit_verdict(verdict))

    def give_slot(self, slot: int) -> None:
        """Decide by the class of a number key."""
        named = next((known for known in self.classes.values() if known.slot == slot), None)
        if named is None:
            self.hinted.emit(f"No class has the key {slot}: press C and type a name to make one.")
        else:
            self.give_class(named.id)

    def give_class(self, class_id: int) -> None:
        """Decide by class."""
        self._decide(edits.edit_class(ClassId(class_id)))

    def make_class(self, name: str) -> None:
        """Make a class under the first free number key and decide by it."""
        try:
            made = self._services.add_class(name, edits.free_slot(tuple(self.classes.values())))
        except UserError as error:
            self._events.user_error.emit(error)
            return
        self.read_classes()
        self._events.changed.emit(ClassesChanged(), self)
        self.give_class(made.id)

    def toggle_killer(self) -> None:
        """Killer, no killer, unknown."""
        if (item := self._state().current_item) is not None:
            self._decide(edits.edit_killer(item.judgement.killer), advance=False)

    def write_note(self, note: str) -> None:
        """Keep a note."""
        self._decide(JudgementEdit(note=note), advance=False)

    def clear(self) -> None:
        """Back to undecided; the note stays."""
        self._decide(edits.CLEARED, advance=False)

    def apply_to_selection(self) -> None:
        """Judge every selected image as the current one is judged."""
        item = self._state().current_item
        if item is None or not item.is_decided:
            self.hinted.emit("Decide the current image first; then apply that to the selection.")
            return
        others = [found for found in self._state().selected_items if edits.can_decide(found)]
        self._commit(others, edits.copy_judgement(item.judgement), advance=False)

    def _decide(self, edit: JudgementEdit, *, advance: bool = True) -> None:
        state = self._state()
        item = state.current_item
        if item is None:
            return
        if not edits.can_decide(item):
            self.hinted.emit("This file is no readable image: there is nothing to decide.")
            return
        # while several are selected the cursor stays, so that the selection is still there for Ctrl+Enter
        self._commit([item], edit, advance=advance and state.auto_advance and len(state.selection) <= 1)

    def _commit(self, items: Sequence[ReviewItem], edit: JudgementEdit, *, advance: bool) -> None:
        title = edits.edit_title(edit, items, self.classes)
        try:
            changes = self._services.decide(items, title, **edit)
        except UserError as error:
            self._events.user_error.emit(error)
            return
        self.committed.emit(changes, advance)
