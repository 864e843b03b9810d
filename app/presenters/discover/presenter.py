"""The discover screen: what is grouped, what is looked at, and the differences applied to the view."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.events import ClassesChanged, DiscoveryChanged, Events, LotChanged
from app.job_runner import JobRunner
from app.presenters.crop_pictures import CropPictureLoader
from app.presenters.discover import cards
from app.presenters.discover import state as reducers
from app.presenters.discover.layouts import TSNE, MapLayouts
from app.presenters.discover.state import DiscoverState
from app.presenters.discover.work import GroupWork
from app.qt_models.discovery import CardsModel, CropsModel
from app.theme import Palette
from app.views.discover.view import DiscoverView
from core.domain.arrays import FloatArray
from core.domain.errors import UserError
from core.domain.ids import ClusterId, LotId
from core.domain.review import ChangeSet
from core.domain.stored_discovery import ClusterState, IntArray
from core.services.classes.relabelling import classes_by_id
from core.services.classes.search import find_alike
from core.services.discovery.cluster_figures import measure_clusters
from core.services.discovery.stored import read_discovery
from core.services.workspace import Workspace

ALIKE = 60
MOST_IN_GRID = 5_000
DRAG_HINT = "Drag crops onto a group, or press G for a new one"


class DiscoverPresenter(QObject):
    """Reads a lot's groups when somebody looks at them."""

    group_requested = Signal(int)  # LotId

    def __init__(
        self,
        workspace: Workspace,
        view: DiscoverView,
        models: tuple[CardsModel, CropsModel],
        pictures: CropPictureLoader,
        runners: tuple[JobRunner, JobRunner],
        events: Events,
        palette: Palette,
        report_failure: Callable[[BaseException], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._view, self._events = workspace, view, events
        self._cards, self._crops = models
        self._state = DiscoverState()
        self._stale = True
        self._grouping: frozenset[LotId] = frozenset()
        self._places: FloatArray = np.zeros((0, 2), np.float32)
        self._drawn: tuple[object, ...] = ()
        self.layouts = MapLayouts(runners[0], report_failure, self)
        self.layouts.changed.connect(self._show_map)
        self.work = GroupWork(workspace, events, lambda: self._state, pictures.picture, palette, view, self)
        self.work.committed.connect(self._read)
        pictures.picture_loaded.connect(self._on_picture)
        events.changed.connect(self._on_changed)
        events.hinted.connect(view.grid.set_hint)
        events.lot_requested.connect(lambda lot_id: self.open_lot(LotId(lot_id)))
        view.shown.connect(self._on_shown)

    @property
    def state(self) -> DiscoverState:
        """What is shown now."""
        return self._state

    def open_lot(self, lot_id: LotId) -> None:
        """Work on this lot from now on."""
        if lot_id != self._state.lot_id:
            self._state = DiscoverState(lot_id)
            self._view.set_grouping(lot_id in self._grouping)
            self._mark_stale()

    def set_grouping(self, lot_ids: frozenset[LotId]) -> None:
        """Which lots are being grouped."""
        if lot_ids != self._grouping:
            self._grouping = lot_ids
            self._view.set_grouping(self._state.lot_id in lot_ids)
            self._show_message()

    def request_grouping(self) -> None:
        """Ask for the lot's defects to be grouped."""
        if self._state.lot_id is not None:
            self.group_requested.emit(self._state.lot_id)

    def choose(self, cluster_ids: tuple[int, ...]) -> None:
        """Look at clusters."""
        self._apply(reducers.choose_clusters(self._state, tuple(map(ClusterId, cluster_ids))))

    def choose_inside(self, polygon: NDArray[np.float64]) -> None:
        """Look at the crops inside a lasso; those of dismissed groups are not meant."""
        stored = self._state.stored
        if stored is not None:
            inside = reducers.points_inside(self._places, polygon) & cards.visible_points(stored)
            self._look_at(np.flatnonzero(inside), "Lasso", select=True)

    def choose_at(self, x: float, y: float, reach: float, with_control: bool) -> None:
        """Look at the group of the point that was clicked; with Ctrl, at it too."""
        stored = self._state.stored
        if stored is None or not len(self._places):
            return
        distances = np.hypot(self._places[:, 0] - x, self._places[:, 1] - y)
        distances[~cards.visible_points(stored)] = np.inf
        nearest = int(distances.argmin())
        if distances[nearest] <= reach:
            cluster_id = ClusterId(int(stored.cluster_ids[nearest]))
            others = [c for c in self._state.chosen if c != cluster_id] if with_control else []
            self.choose((*others, cluster_id))

    def show_alike(self) -> None:
        """Look at the crops nearest to those that are selected, or else to the chosen groups."""
        opened, rows = self._state.opened, self.selected_rows()
        if opened is None:
            return
        rows = rows if len(rows) else self._state.rows
        if len(rows):
            alike = find_alike(opened, rows, ALIKE)
            others = alike[~np.isin(alike, rows)]
            self._look_at(others, f"More like {'this' if len(rows) == 1 else f'these {len(rows):,}'}")

    def move_selected(self, cluster_id: int) -> None:
        """Put the selected crops into a group; 0 makes a new one."""
        self.work.move(self.selected_rows(), ClusterId(cluster_id) if cluster_id else None)

    def selected_rows(self) -> IntArray:
        """Rows of the crops that are selected in the grid."""
        return self._state.rows[list(self._view.grid.selected_rows())]

    def _look_at(self, rows: IntArray, title: str, *, select: bool = False) -> None:
        self._apply(reducers.show_rows(self._state, rows[:MOST_IN_GRID], title))
        if select:
            self._view.grid.select_all()

    def _on_changed(self, change: object, initiator: object) -> None:
        match change:
            case DiscoveryChanged(lot_id) | LotChanged(lot_id) if lot_id == self._state.lot_id:
                self._mark_stale()
            case ClassesChanged() if initiator is not self:
                self._mark_stale()
            case ChangeSet(edited=edited) if edited and initiator is not self:
                self._mark_stale()

    def _mark_stale(self) -> None:
        self._stale = True
        if self._view.isVisible():
            self._read()

    def _on_shown(self) -> None:
        if self._stale:
            self._read()

    def _read(self) -> None:
        self._stale = False
        if self._state.lot_id is None:
            return
        try:
            opened = read_discovery(self._workspace, self._state.lot_id, self._state.opened)
        except UserError as error:
            self._events.user_error.emit(error)
            opened = None
        figures = {} if opened is None else measure_clusters(opened.stored, opened.unit)
        classes = classes_by_id(self._workspace)
        self._apply(reducers.take_discovery(self._state, opened, figures, classes))

    def _apply(self, state: DiscoverState) -> None:
        old, self._state = self._state, state
        if state.opened is None:
            self._show_message()
            return
        self._view.show_groups()
        if state.opened is not old.opened or state.classes != old.classes:
            self._cards.set_cards(cards.cards_of(state))
            self._view.set_summary(cards.summary_text(state))
        self._view.cards.choose(state.chosen)
        self._show_grid()
        self._show_map()
        self._show_possible()

    def _show_message(self) -> None:
        if self._state.opened is not None or self._state.lot_id is None:
            return
        if self._state.lot_id in self._grouping:
            self._view.say_instead(
                "Grouping the defects…", "The jobs panel (J) says how far it is, and stops it."
            )
        else:
            self._view.say_instead(
                "The defects of this lot are not grouped yet",
                "Grouping cuts out every region that detection marked, describes it by a vector, and finds how many "
                "kinds there are. Groups that match a class are recognised; the others wait for a name. Name one, and "
                "it is a known class from then on. Nothing is decided before you name a group.",
                "Group the defects  (F6)",
            )

    def _show_grid(self) -> None:
        state, stored = self._state, self._state.stored
        if stored is None:
            return
        colors = cards.crop_colors(state)
        rows = state.rows[:MOST_IN_GRID]
        shown = [(int(stored.crop_ids[row]), colors[ClusterId(int(stored.cluster_ids[row]))]) for row in rows]
        self._crops.set_crops(shown)
        count = f"{len(state.rows):,} crop{'' if len(state.rows) == 1 else 's'}"
        self._view.grid.set_title(f"{state.rows_title}  ·  {count}", DRAG_HINT if len(rows) else "")

    def _show_map(self) -> None:
        state, opened = self._state, self._state.opened
        if opened is None:
            return
        name, places = self.layouts.places(opened)
        self._view.set_layout(name, self.layouts.hint(opened), tsne_ready=self.layouts.is_ready(opened))
        faded = self._faded(opened.stored.cluster_ids)
        other_map = places is not self._places
        self._places = places
        drawn = (id(places), opened, state.chosen, tuple(cards.crop_colors(state).values()))
        if drawn != self._drawn:
            self._drawn = drawn
            self._view.map.set_points(places, cards.point_colors(state, opened.stored), faded)
        if other_map:
            self._view.map.fit()
        self._view.map.set_chosen(reducers.NO_ROWS if state.chosen else state.rows)

    def _faded(self, cluster_ids: IntArray) -> NDArray[np.bool_]:
        dismissed = [c.id for c in self._state.clusters if c.state is ClusterState.DISMISSED]
        return np.isin(cluster_ids, dismissed)

    def _show_possible(self) -> None:
        state, stored = self._state, self._state.stored
        if stored is None:
            return
        chosen = [stored.cluster(cluster_id) for cluster_id in state.chosen]
        one = chosen[0] if len(chosen) == 1 else None
        self._view.set_possible(
            name=one is not None,
            merge=len(chosen) > 1,
            split=one is not None and len(state.figures[one.id].rows) > 1,
            dismiss=one is not None and one.class_id is None,
            taken_back=one is not None and one.state is ClusterState.DISMISSED,
        )

    def _on_picture(self, _crop_id: object) -> None:
        if self._view.isVisible():
            self._view.cards.viewport().update()
            self._view.grid.list.viewport().update()

    def toggle_layout(self) -> None:
        """Switch between the two maps."""
        self.layouts.want("pca" if self.layouts.wanted == TSNE else TSNE)
