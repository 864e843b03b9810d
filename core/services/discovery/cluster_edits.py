"""The edits that an engineer's work on clusters is made of."""

import numpy as np

from core.domain.ids import ClusterId
from core.domain.review import Subject
from core.domain.stored_discovery import ClusterState, IntArray, StoredCluster, StoredDiscovery
from core.history.edits import Edit


def take_crops_out(discovery: StoredDiscovery, rows: IntArray, target_id: ClusterId) -> list[Edit]:
    """Move crops into a cluster, one edit a cluster that they leave; one that is left empty dissolves."""
    edits = []
    for source_id in map(ClusterId, np.unique(discovery.cluster_ids[rows]).tolist()):
        source = discovery.cluster(source_id)
        leaving = rows[discovery.cluster_ids[rows] == source_id]
        ids = tuple(discovery.crop_ids[leaving].tolist())
        edits.append(Edit(Subject.CROP, ids, {"cluster_id": source_id}, {"cluster_id": target_id}))
        edits.append(forget_stability(source))
        if len(leaving) == len(discovery.rows_of(source_id)):
            edits.append(set_state(source, ClusterState.DISSOLVED))
    return edits


def set_state(cluster: StoredCluster, state: ClusterState) -> Edit:
    """Open, dismiss or dissolve a cluster."""
    return Edit(Subject.CLUSTER, (cluster.id,), {"state": cluster.state.value}, {"state": state.value})


def forget_stability(cluster: StoredCluster) -> Edit:
    """What was measured of a cluster's stability is no longer true of it."""
    return Edit(Subject.CLUSTER, (cluster.id,), {"stability": cluster.stability}, {"stability": None})
