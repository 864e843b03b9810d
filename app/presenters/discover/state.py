"""What the discover screen shows: one frozen state, and the next one by pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import BoolArray, FloatArray
from core.domain.decisions import DefectClass
from core.domain.ids import ClassId, ClusterId, LotId
from core.domain.stored_discovery import ClusterState, IntArray, StoredCluster, StoredDiscovery
from core.services.discovery.cluster_figures import ClusterFigures
from core.services.discovery.stored import OpenDiscovery

NO_ROWS: IntArray = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class DiscoverState:
    """What is shown.

    Attributes:
        opened: None before the lot's first discovery.
        chosen: clusters whose cards are selected, top first.
        rows: crops in the grid.
        rows_title: what these are.
    """

    lot_id: LotId | None = None
    opened: OpenDiscovery | None = None
    figures: Mapping[ClusterId, ClusterFigures] = field(default_factory=dict)
    classes: Mapping[ClassId, DefectClass] = field(default_factory=dict)
    chosen: tuple[ClusterId, ...] = ()
    rows: IntArray = field(default_factory=lambda: NO_ROWS)
    rows_title: str = ""

    @property
    def stored(self) -> StoredDiscovery | None:
        """The discovery as it stands."""
        return None if self.opened is None else self.opened.stored

    @property
    def clusters(self) -> tuple[StoredCluster, ...]:
        """Those that have crops: known classes first, then by size; dismissed ones last."""
        if self.opened is None:
            return ()
        held = [cluster for cluster in self.opened.stored.clusters if cluster.id in self.figures]
        return tuple(sorted(held, key=self._place))

    def _place(self, cluster: StoredCluster) -> tuple[bool, bool, int, int]:
        size = len(self.figures[cluster.id].rows)
        return cluster.state is ClusterState.DISMISSED, cluster.class_id is None, -size, cluster.number


def take_discovery(
    state: DiscoverState,
    opened: OpenDiscovery | None,
    figures: Mapping[ClusterId, ClusterFigures],
    classes: Mapping[ClassId, DefectClass],
) -> DiscoverState:
    """The discovery as it stands now; what was chosen stays where it is still there."""
    same = opened is not None and state.opened is not None and opened.stored.id == state.opened.stored.id
    taken = replace(state, opened=opened, figures=figures, classes=classes)
    chosen = tuple(cluster_id for cluster_id in state.chosen if same and cluster_id in figures)
    if not chosen and taken.clusters:
        chosen = (taken.clusters[0].id,)
    return choose_clusters(taken, chosen)


def choose_clusters(state: DiscoverState, chosen: tuple[ClusterId, ...]) -> DiscoverState:
    """Look at clusters: their crops go into the grid, the most typical first."""
    rows = [row for cluster_id in chosen for row in state.figures[cluster_id].rows]
    names = [cluster_name(state, cluster) for cluster in state.clusters if cluster.id in chosen]
    title = names[0] if len(names) == 1 else f"{len(names)} groups"
    return replace(state, chosen=chosen, rows=np.array(rows, np.int64), rows_title=title if names else "")


def show_rows(state: DiscoverState, rows: IntArray, title: str) -> DiscoverState:
    """Look at some crops, whatever clusters they are in."""
    return replace(state, chosen=(), rows=rows, rows_title=title)


def cluster_name(state: DiscoverState, cluster: StoredCluster) -> str:
    """The class's name, else what discovery called it."""
    known = None if cluster.class_id is None else state.classes.get(cluster.class_id)
    return cluster.name if known is None else known.name


def points_inside(places: FloatArray, polygon: NDArray[np.float64]) -> BoolArray:
    """(N,) bool, the points inside a polygon that closes itself (even-odd rule).

    Args:
        places: (N, 2) float32.
        polygon: (M, 2) float64.
    """
    inside = np.zeros(len(places), np.bool_)
    if len(polygon) < 3:
        return inside
    (left, bottom), (right, top) = polygon.min(axis=0), polygon.max(axis=0)
    x, y = places[:, 0], places[:, 1]
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
    x, y = x[near].astype(np.float64), y[near].astype(np.float64)
    crossed = np.zeros(len(near), np.bool_)
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y1 != y2:
            crossed ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    inside[near] = crossed
    return inside
