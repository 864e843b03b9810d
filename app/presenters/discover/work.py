"""What an engineer does with groups: each method is one action that can be undone."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.events import ClassesChanged, Events
from app.presenters.classes.work import taken_keys
from app.presenters.discover.state import DiscoverState, cluster_name
from app.theme import Palette
from app.views.discover.crop_strip import CropStrip, Picture
from app.views.discover.name_dialog import NameDialog
from core.domain.errors import UserError
from core.domain.ids import ClassId, ClusterId
from core.domain.review import ChangeSet, Subject
from core.domain.stored_discovery import ClusterState, IntArray
from core.services.classes.managing import draft_class
from core.services.decisions import list_classes
from core.services.discovery import cluster_naming, cluster_work
from core.services.discovery.stored import OpenDiscovery
from core.services.workspace import Workspace

Act = Callable[[OpenDiscovery], ChangeSet]


class GroupWork(QObject):
    """Acts on what is chosen; a wish that makes no sense now is answered with a word."""

    committed = Signal()

    def __init__(
        self,
        workspace: Workspace,
        events: Events,
        state: Callable[[], DiscoverState],
        picture: Picture,
        palette: Palette,
        window: QWidget,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._events, self._state = workspace, events, state
        self._picture, self._palette, self._window = picture, palette, window

    def name(self) -> None:
        """Ask for the class of the chosen group and give it."""
        chosen = self._only_one("name")
        opened = self._state().opened
        if chosen is None or opened is None:
            return
        dialog = self._name_dialog(opened, chosen)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        draft, known = dialog.form.fields(), dialog.chosen
        dialog.deleteLater()
        if accepted and not self._is_still_shown(opened):
            self._events.user_error.emit(
                UserError("The group was not named: other groups are shown by now.", "Choose one of them.")
            )
        elif accepted and known is not None:
            self._commit(
                lambda now: cluster_naming.name_as_known(self._workspace, now, chosen, ClassId(known))
            )
        elif accepted:
            self._commit(lambda now: cluster_naming.name_cluster(self._workspace, now, chosen, draft))

    def merge(self) -> None:
        """Put the chosen groups together."""
        chosen = self._state().chosen
        self._commit(lambda now: cluster_work.merge_clusters(self._workspace, now, chosen))

    def split(self) -> None:
        """Part the chosen group in two."""
        if (chosen := self._only_one("split")) is not None:
            self._commit(lambda now: cluster_work.split_cluster(self._workspace, now, chosen))

    def dismiss(self) -> None:
        """Put the chosen group aside, or take it back."""
        stored, chosen = self._state().stored, self._only_one("dismiss")
        if stored is not None and chosen is not None:
            dismissed = stored.cluster(chosen).state is not ClusterState.DISMISSED
            self._commit(lambda now: cluster_work.set_dismissed(self._workspace, now, chosen, dismissed))

    def move(self, rows: IntArray, target: ClusterId | None) -> None:
        """Put crops into a group, or (None) into a new one."""
        if not len(rows):
            self._events.hinted.emit("Select the crops that shall move.")
            return
        self._commit(lambda now: cluster_work.move_crops(self._workspace, now, rows, target))

    def _is_still_shown(self, opened: OpenDiscovery) -> bool:
        """Jobs go on while a dialog is open: the lot may have been grouped anew, or another one opened."""
        now = self._state().stored
        return now is not None and now.id == opened.stored.id

    def _only_one(self, verb: str) -> ClusterId | None:
        chosen = self._state().chosen
        if len(chosen) == 1:
            return chosen[0]
        self._events.hinted.emit(f"Choose one group to {verb} it.")
        return None

    def _name_dialog(self, opened: OpenDiscovery, chosen: ClusterId) -> NameDialog:
        state = self._state()
        rows = np.array(state.figures[chosen].rows, np.int64)
        images = len(np.unique(opened.stored.crops.image_ids[rows]))
        strip = CropStrip(self._picture, self._palette)
        strip.set_crops([int(opened.stored.crop_ids[row]) for row in rows[: cluster_naming.MEDOIDS]])
        hint = (
            f"{cluster_name(state, opened.stored.cluster(chosen))}: {len(rows):,} crops on {images:,} images. "
            "The images will bear the class, unless you decided otherwise; the crops below become its exemplars."
        )
        known = [(int(each.id), each.name) for each in list_classes(self._workspace)]
        draft = draft_class(self._workspace, "")
        return NameDialog(hint, draft, taken_keys(self._workspace), known, strip, self._window)

    def _commit(self, act: Act) -> None:
        opened = self._state().opened
        if opened is None:
            return
        try:
            changes = act(opened)
        except UserError as error:
            self._events.user_error.emit(error)
            return
        if Subject.CLASS in changes.edited:
            self._events.changed.emit(ClassesChanged(), self.parent())
        self._events.changed.emit(changes, self.parent())
        self.committed.emit()
        self._events.hinted.emit(f"{changes.title}  ·  Ctrl+Z takes it back")
