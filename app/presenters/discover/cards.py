"""Cards, colours and sentences of the discover screen, made of its state."""

import numpy as np
from numpy.typing import NDArray

from app.presenters.discover.state import DiscoverState, cluster_name
from app.views.discover.card import ClusterCard
from core.domain.arrays import BoolArray
from core.domain.ids import ClusterId
from core.domain.stored_discovery import ClusterState, StoredCluster, StoredDiscovery

NOVEL_COLORS = (
    "#7fc8f8",
    "#f6a04d",
    "#8bd17c",
    "#e58fb1",
    "#e8d95b",
    "#a78bfa",
    "#5fd3c0",
    "#d98a6a",
    "#b5bd61",
    "#88a2e8",
    "#f07f7f",
    "#c9a0dc",
)
MEDOIDS = 8
QUIET = 0.45
NEW_GROUP = ClusterCard(0, "Drop crops here to make a new group", "", "", "", "", ())


def cards_of(state: DiscoverState) -> tuple[ClusterCard, ...]:
    """A card a cluster, and the place where a new one is made."""
    return (*(_card(state, cluster) for cluster in state.clusters), NEW_GROUP) if state.opened else ()


def color_of(state: DiscoverState, cluster: StoredCluster) -> str:
    """The class's own colour; novel clusters take turns."""
    known = None if cluster.class_id is None else state.classes.get(cluster.class_id)
    return NOVEL_COLORS[cluster.number % len(NOVEL_COLORS)] if known is None else known.color


def crop_colors(state: DiscoverState) -> dict[ClusterId, str]:
    """The colour of each cluster."""
    return {cluster.id: color_of(state, cluster) for cluster in state.clusters}


def point_colors(state: DiscoverState, stored: StoredDiscovery) -> NDArray[np.uint8]:
    """(N, 3) uint8, each crop in its cluster's colour, darker where another cluster is looked at."""
    colors = np.zeros((len(stored.crops), 3), np.uint8)
    for cluster_id, color in crop_colors(state).items():
        colors[stored.cluster_ids == cluster_id] = list(bytes.fromhex(color[1:]))
    quiet = quiet_points(state, stored)
    colors[quiet] = (colors[quiet] * QUIET).astype(np.uint8)
    return colors


def quiet_points(state: DiscoverState, stored: StoredDiscovery) -> BoolArray:
    """(N,) bool: what is not of the chosen groups steps back while some are chosen."""
    if not state.chosen:
        return np.zeros(len(stored.crops), np.bool_)
    return ~np.isin(stored.cluster_ids, state.chosen)


def visible_points(stored: StoredDiscovery) -> BoolArray:
    """(N,) bool: crops of dismissed clusters are not there for the lasso."""
    dismissed = [c.id for c in stored.clusters if c.state is ClusterState.DISMISSED]
    return ~np.isin(stored.cluster_ids, dismissed)


def summary_text(state: DiscoverState) -> str:
    """How many classes, and how sure that is; how many have a name by now."""
    stored = state.stored
    if stored is None:
        return ""
    count = stored.count
    low, high = count.interval
    span = f" (between {low} and {high})" if low != high else ""
    named = sum(cluster.class_id is not None for cluster in state.clusters)
    return (
        f"{len(stored.crops):,} crops. Estimated: {count.estimated_total} classes{span}, "
        f"stability {count.stability:.2f}. {named} of {len(state.clusters)} groups have a name."
    )


def _card(state: DiscoverState, cluster: StoredCluster) -> ClusterCard:
    figures = state.figures[cluster.id]
    stored = state.stored
    ids = () if stored is None else tuple(int(stored.crop_ids[row]) for row in figures.rows[:MEDOIDS])
    stability = "changed by hand" if cluster.stability is None else f"stability {cluster.stability:.2f}"
    nearest = None if figures.nearest is None else state.classes.get(figures.nearest)
    near = f"nearest class: {nearest.name}, distance {figures.nearest_distance:.2f}" if nearest else ""
    return ClusterCard(
        cluster_id=int(cluster.id),
        name=cluster_name(state, cluster),
        color=color_of(state, cluster),
        size=f"{len(figures.rows):,}" + (" · dismissed" if cluster.state is ClusterState.DISMISSED else ""),
        figures=f"spread {figures.spread:.2f} · {stability}",
        nearest=near,
        medoids=ids,
        named=cluster.class_id is not None,
        dim=cluster.state is ClusterState.DISMISSED,
    )
