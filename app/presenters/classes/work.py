"""What an engineer does with classes: ask what has to be asked, and commit it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog

from app.events import ClassesChanged, Events
from app.messages import Message
from app.presenters.classes.state import ClassesState
from app.presenters.classes.text import import_lines, import_summary, merge_text
from app.views.classes import dialogs
from app.views.classes.view import ClassesView
from core.domain.decisions import ClassDraft, DefectClass
from core.domain.errors import UserError
from core.domain.ids import ClassId, ImageId
from core.domain.review import ChangeSet
from core.services.classes import managing as classes
from core.services.classes.files import export_classes, import_classes, preview_import
from core.services.workspace import Workspace


class ClassWork(QObject):
    """Each method is one action that can be undone."""

    committed = Signal(object)  # ClassId to look at next, or None
    refused = Signal()

    def __init__(
        self,
        workspace: Workspace,
        view: ClassesView,
        events: Events,
        state: Callable[[], ClassesState],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._view, self._events, self._state = workspace, view, events, state

    def make(self) -> None:
        """Ask for a new class and make it."""
        draft = classes.draft_class(self._workspace, "")
        dialog = self._class_dialog(
            "New class", "A class of defects. Its id never changes, its name may.", draft
        )
        if dialog is not None:
            self._commit(partial(classes.create_class, self._workspace, dialog.form.fields()))

    def merge(self) -> None:
        """Ask for the class that takes over, show what would change, and do it."""
        row = self._state().row
        if row is None or row.known.retired:
            return
        targets = [each.known for each in self._state().rows if each.known.id != row.known.id]
        targets = [known for known in targets if not known.retired]
        if not targets:
            self._events.notice.emit(Message("There is no other class to merge it into.", is_error=False))
            return
        named = {known.id: known for known in targets}
        preview = partial(self._preview, row.known, named)
        choices = [(int(known.id), known.name) for known in targets]
        dialog = dialogs.MergeDialog(
            row.known.name, choices, lambda class_id: merge_text(preview(class_id)), self._view
        )
        if self._accepted(dialog):
            chosen = preview(dialog.target)
            self._commit(partial(classes.merge_classes, self._workspace, chosen), chosen.target.id)

    def split(self) -> None:
        """Ask for a class of the images that are selected, and make it."""
        row, chosen = self._state().row, self._view.details.chosen_images()
        if row is None:
            return
        if not chosen:
            self._events.notice.emit(
                Message("Select the images that shall bear the new class.", is_error=False)
            )
            return
        draft = replace(classes.draft_class(self._workspace, ""), killer=row.known.killer)
        dialog = self._class_dialog("Split off", f"{len(chosen):,} images will bear the new class.", draft)
        if dialog is not None:
            images = [ImageId(image_id) for image_id in chosen]
            made = dialog.form.fields()
            self._commit(partial(classes.split_class, self._workspace, made, images))

    def retire(self) -> None:
        """Retire the chosen class, or take it back."""
        if (row := self._state().row) is not None:
            act = classes.unretire_class if row.known.retired else classes.retire_class
            self._commit(partial(act, self._workspace, row.known))

    def import_table(self) -> None:
        """Ask for a file, show what it would change, and do it."""
        if (file := dialogs.ask_table(self._view)) is None:
            return
        try:
            plan = preview_import(self._workspace, file)
        except UserError as error:
            self._events.user_error.emit(error)
            return
        allowed = not plan.problems and bool(plan.added or plan.changed)
        title = f"Import {file.name}"
        dialog = dialogs.ImportDialog(title, import_summary(plan), import_lines(plan), allowed, self._view)
        if self._accepted(dialog):
            self._commit(partial(import_classes, self._workspace, plan, file.name))

    def export_table(self) -> None:
        """Ask for a file and write the class table."""
        if (out := dialogs.ask_export(self._view)) is None:
            return
        try:
            export_classes(self._workspace, out)
        except UserError as error:
            self._events.user_error.emit(error)
            return
        self._events.notice.emit(Message(f"The class table is in {out}", is_error=False, path=out))

    def change(self) -> None:
        """Keep what stands in the form."""
        row = self._state().row
        if row is None or row.known.retired:
            return
        fields = self._view.details.form.fields()
        after = replace(
            row.known,
            name=fields.name or row.known.name,
            code=fields.code,
            color=fields.color,
            slot=fields.slot,
            killer=fields.killer,
            description=fields.description,
        )
        if after != row.known:
            self._commit(partial(classes.change_class, self._workspace, row.known, after))

    def _preview(
        self, source: DefectClass, named: dict[ClassId, DefectClass], class_id: int
    ) -> classes.MergePreview:
        return classes.preview_merge(self._workspace, source, named[ClassId(class_id)])

    def _class_dialog(self, title: str, hint: str, draft: ClassDraft) -> dialogs.ClassDialog | None:
        dialog = dialogs.ClassDialog(title, hint, draft, taken_keys(self._workspace), self._view)
        return dialog if self._accepted(dialog) else None

    def _accepted(self, dialog: QDialog) -> bool:
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        dialog.deleteLater()
        return accepted

    def _commit(self, act: Callable[[], ChangeSet], then: ClassId | None = None) -> None:
        try:
            changes = act()
        except UserError as error:
            self._events.user_error.emit(error)
            self.refused.emit()
            return
        self._events.changed.emit(ClassesChanged(), self.parent())
        self._events.changed.emit(changes, self.parent())
        self.committed.emit(then)


def taken_keys(workspace: Workspace) -> tuple[int, ...]:
    """Number keys that assign a class already."""
    return tuple(known.slot for known in workspace.history.list_classes() if known.slot is not None)
