"""The class manager: which classes are listed, which one is looked at, and what is done with it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from app.events import ClassesChanged, Events
from app.job_runner import JobRunner
from app.messages import Message
from app.presenters.classes.state import ClassesState
from app.presenters.classes.text import birth_text, event_lines
from app.presenters.classes.work import ClassWork
from app.presenters.crop_pictures import CropPictureLoader
from app.qt_models.classes import ClassesModel
from app.views.classes.view import ClassesView
from core.domain.decisions import ClassDraft, DefectClass
from core.domain.ids import ClassId
from core.domain.review import ChangeSet
from core.jobs import JobContext
from core.services.classes import managing as classes
from core.services.classes.search import ClassHit, find_class_hits
from core.services.lots import list_lots, remember_position
from core.services.workspace import Workspace


class ClassesPresenter(QObject):
    """Reads the classes when somebody looks at them."""

    def __init__(
        self,
        workspace: Workspace,
        view: ClassesView,
        model: ClassesModel,
        pictures: CropPictureLoader,
        runner: JobRunner,
        events: Events,
        report_failure: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._view, self._model = workspace, view, model
        self._runner, self._events, self._report_failure = runner, events, report_failure
        self._state = ClassesState()
        self._stale = True
        view.shown.connect(self._refresh)
        view.row_chosen.connect(self._on_row)
        view.retired_toggled.connect(self._show_retired)
        self.work = ClassWork(workspace, view, events, lambda: self._state, self)
        self.work.committed.connect(self._on_committed)
        self.work.refused.connect(self._show_chosen)  # the form shows again what holds
        view.new_requested.connect(self.work.make)
        view.import_requested.connect(self.work.import_table)
        view.export_requested.connect(self.work.export_table)
        self._connect_details()
        events.changed.connect(self._on_changed)
        pictures.picture_loaded.connect(lambda _crop_id: view.details.refresh_pictures())

    @property
    def state(self) -> ClassesState:
        """What is shown now."""
        return self._state

    def search(self) -> None:
        """Look for crops of all lots that look like the class."""
        if (row := self._state.row) is None:
            return
        job = partial(_find_hits, self._workspace, row.known.id)
        running = self._runner.start(job, title=f"Search {row.known.name}", lane="io")
        running.failed.connect(self._report_failure)
        running.succeeded.connect(partial(self._take_hits, row.known.id))

    def _connect_details(self) -> None:
        details = self._view.details
        details.form.edited.connect(self.work.change)
        details.merge_requested.connect(self.work.merge)
        details.split_requested.connect(self.work.split)
        details.retire_requested.connect(self.work.retire)
        details.search_requested.connect(self.search)
        details.hit_activated.connect(self._open_hit)

    def _on_committed(self, chosen: ClassId | None) -> None:
        if chosen is not None:
            self._state = replace(self._state, chosen=chosen)
        self._refresh(force=True)

    def _on_row(self, row: int) -> None:
        chosen = self._model.row_at(row).known.id
        if chosen != self._state.chosen:
            self._state = replace(self._state, chosen=chosen, hits=None)
            self._show_chosen()

    def _show_retired(self, on: bool) -> None:
        self._state = replace(self._state, with_retired=on)
        self._refresh(force=True)

    def _on_changed(self, change: object, initiator: object) -> None:
        relevant = isinstance(change, ClassesChanged | ChangeSet)
        if relevant and initiator is not self:
            self._stale = True
            if self._view.isVisible():
                self._refresh()

    def _refresh(self, force: bool = False) -> None:
        if not (self._stale or force):
            return
        self._stale = False
        rows = classes.list_class_rows(self._workspace, include_retired=self._state.with_retired)
        listed = [row.known.id for row in rows]
        chosen = self._state.chosen if self._state.chosen in listed else (listed[0] if listed else None)
        self._state = replace(self._state, rows=rows, chosen=chosen)
        self._model.set_rows(rows)
        self._view.set_empty(not rows)
        if (row := self._model.row_of(chosen)) is not None:
            self._view.select_row(row)
        self._show_chosen()

    def _show_chosen(self) -> None:
        row, details = self._state.row, self._view.details
        if row is None:
            return
        others = [each.slot for each in self._workspace.history.list_classes() if each.id != row.known.id]
        details.form.set_fields(_draft_of(row.known), [slot for slot in others if slot is not None])
        details.set_retired(row.known.retired)
        details.set_exemplars(row.known.exemplars)
        details.set_birth(birth_text(row.birth), row.birth.medoids if row.birth else ())
        details.set_images(self._image_lines(row.known.id))
        details.set_events(event_lines(classes.class_events(self._workspace, row.known.id)))
        details.set_hits(None if self._state.hits is None else self._hit_lines(self._state.hits))

    def _image_lines(self, class_id: ClassId) -> tuple[tuple[int, str], ...]:
        items = classes.labelled_items(self._workspace, class_id)
        return tuple((int(item.image_id), item.record.name) for item in items)

    def _hit_lines(self, hits: tuple[ClassHit, ...]) -> tuple[tuple[int, str, ClassHit], ...]:
        names = {lot.id: lot.name for lot in list_lots(self._workspace)}
        return tuple(
            (int(hit.crop_id), f"{names[hit.lot_id]}   distance {hit.distance:.3f}", hit) for hit in hits
        )

    def _open_hit(self, hit: ClassHit) -> None:
        remember_position(self._workspace, hit.lot_id, hit.image_id)
        self._events.lot_requested.emit(hit.lot_id)

    def _take_hits(self, class_id: ClassId, hits: tuple[ClassHit, ...]) -> None:
        if class_id != self._state.chosen:
            return
        self._state = replace(self._state, hits=hits)
        self._view.details.set_hits(self._hit_lines(hits))
        if not hits:
            self._events.notice.emit(Message("No crop of any lot looks like this class.", is_error=False))


def _draft_of(known: DefectClass) -> ClassDraft:
    return ClassDraft(known.name, known.code, known.color, known.slot, known.description, known.killer)


def _find_hits(workspace: Workspace, class_id: ClassId, _ctx: JobContext) -> tuple[ClassHit, ...]:
    return find_class_hits(workspace, class_id)
