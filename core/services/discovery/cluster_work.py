"""Work on clusters: each call is one durable action that can be undone, and labels images where it should."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from core.discovery.kmeans import UNLABELLED, cluster_semi_supervised
from core.domain.errors import UserError
from core.domain.ids import ClusterId
from core.domain.review import ChangeSet
from core.domain.stored_discovery import ClusterState, IntArray
from core.services.classes.relabelling import relabel_rows
from core.services.discovery.cluster_edits import forget_stability, set_state, take_crops_out
from core.services.discovery.stored import OpenDiscovery
from core.services.workspace import Workspace

_SEED = 0


def merge_clusters(workspace: Workspace, opened: OpenDiscovery, chosen: Sequence[ClusterId]) -> ChangeSet:
    """Put clusters together, into the named one among them, else into the largest.

    Raises:
        UserError: fewer than two are chosen, two of them have different classes, or somebody was faster.
    """
    clusters = [opened.stored.cluster(cluster_id) for cluster_id in chosen]
    classes = {cluster.class_id for cluster in clusters} - {None}
    if len(clusters) < 2:
        raise UserError("Merging takes two groups or more.", "Select their cards with Ctrl held.")
    if len(classes) > 1:
        raise UserError(
            "The groups have different classes.", "Merge the classes on the classes screen instead."
        )
    target = max(clusters, key=lambda each: (each.class_id is not None, len(opened.stored.rows_of(each.id))))
    rows = np.flatnonzero(np.isin(opened.stored.cluster_ids, chosen))
    coming = rows[opened.stored.cluster_ids[rows] != target.id]
    edits = [forget_stability(target), set_state(target, ClusterState.OPEN)]
    edits += take_crops_out(opened.stored, coming, target.id)
    changes = relabel_rows(workspace, opened.stored, rows, target.class_id)
    title = f"Merge {len(clusters)} groups"
    return workspace.history.discoveries.edit(title, opened.stored.lot_id, edits, changes)


def split_cluster(workspace: Workspace, opened: OpenDiscovery, cluster_id: ClusterId) -> ChangeSet:
    """Part a cluster in two by 2-means on its embeddings; the smaller half becomes a new, unnamed cluster.

    Raises:
        UserError: it has one crop only, all its crops look the same, or somebody was faster.
    """
    rows = opened.stored.rows_of(cluster_id)
    smaller = rows[_smaller_half(opened.unit[rows])] if len(rows) > 1 else rows
    if not 0 < len(smaller) < len(rows):
        raise UserError("The group cannot be split: all its crops look the same.")
    return _to_new_cluster(workspace, opened, smaller, "Split a group")


def move_crops(
    workspace: Workspace, opened: OpenDiscovery, rows: IntArray, target_id: ClusterId | None
) -> ChangeSet:
    """Put crops into another cluster, or (None) into a new one; a cluster that is left empty dissolves.

    Raises:
        UserError: no crop is to move, or somebody was faster.
    """
    rows = rows[opened.stored.cluster_ids[rows] != target_id] if target_id is not None else rows
    if not len(rows):
        raise UserError("There is nothing to move: the crops are in that group already.")
    title = f"Move {len(rows):,} crop{'s' if len(rows) > 1 else ''}"
    if target_id is None:
        return _to_new_cluster(workspace, opened, rows, title)
    target = opened.stored.cluster(target_id)
    edits = [forget_stability(target), *take_crops_out(opened.stored, rows, target_id)]
    changes = relabel_rows(workspace, opened.stored, rows, target.class_id)
    return workspace.history.discoveries.edit(title, opened.stored.lot_id, edits, changes)


def set_dismissed(
    workspace: Workspace, opened: OpenDiscovery, cluster_id: ClusterId, dismissed: bool
) -> ChangeSet:
    """Put a cluster aside that asks for no name, or take it back.

    Raises:
        UserError: it has a class, or somebody was faster.
    """
    cluster = opened.stored.cluster(cluster_id)
    if cluster.class_id is not None:
        raise UserError("A group with a class cannot be dismissed.", "Undo its naming first.")
    state = ClusterState.DISMISSED if dismissed else ClusterState.OPEN
    title = f"{'Dismiss' if dismissed else 'Take back'} {cluster.name}"
    return workspace.history.discoveries.edit(title, opened.stored.lot_id, [set_state(cluster, state)])


def _to_new_cluster(workspace: Workspace, opened: OpenDiscovery, rows: IntArray, title: str) -> ChangeSet:
    changes = relabel_rows(workspace, opened.stored, rows, None)
    name = _free_name([cluster.name for cluster in opened.stored.clusters])
    return workspace.history.discoveries.split(
        title, opened.stored, name, partial(take_crops_out, opened.stored, rows), changes
    )


def _free_name(taken: Sequence[str]) -> str:
    number = 1
    while f"Novel {number}" in taken:
        number += 1
    return f"Novel {number}"


def _smaller_half(unit: np.typing.NDArray[np.float32]) -> IntArray:
    """Places of the smaller of two groups; none where they cannot be told apart."""
    if np.allclose(unit, unit[0]):
        return np.zeros(0, np.int64)
    unlabelled = np.full(len(unit), UNLABELLED, np.int64)
    halves = cluster_semi_supervised(unit, unlabelled, 2, seed=_SEED).assigned
    return np.flatnonzero(halves == np.argmin(np.bincount(halves, minlength=2)))
