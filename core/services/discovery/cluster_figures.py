"""Figures of clusters as they stand now: they change with every crop that an engineer moves."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.domain.arrays import FloatArray
from core.domain.ids import ClassId, ClusterId
from core.domain.stored_discovery import StoredDiscovery

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class ClusterFigures:
    """What a cluster card shows.

    Attributes:
        rows: its crops, the most typical first: the first few are its medoids.
        spread: mean cosine distance of the crops to their centre.
        nearest: the class whose centre lies nearest, the cluster's own left out; None where there is no other.
        nearest_distance: cosine distance of the two centres.
    """

    rows: tuple[int, ...]
    spread: float
    nearest: ClassId | None
    nearest_distance: float | None


def to_unit(embeddings: FloatArray) -> FloatArray:
    """(N, D) float32 rows of length 1."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return np.asarray(embeddings / np.maximum(lengths, _TINY), np.float32)


def centre_of(unit: FloatArray) -> FloatArray:
    """(D,) float32, the mean direction of (N, D) unit rows."""
    centre: FloatArray = to_unit(unit.mean(axis=0, keepdims=True))[0]
    return centre


def measure_clusters(discovery: StoredDiscovery, unit: FloatArray) -> Mapping[ClusterId, ClusterFigures]:
    """Figures of every cluster that has crops.

    Args:
        discovery: as it stands now.
        unit: (N, D) float32, its embeddings with length 1.
    """
    rows_of = {cluster.id: discovery.rows_of(cluster.id) for cluster in discovery.clusters}
    centres = {cluster_id: centre_of(unit[rows]) for cluster_id, rows in rows_of.items() if len(rows)}
    classes = class_centres(discovery, unit)
    own = {cluster.id: cluster.class_id for cluster in discovery.clusters}
    return {
        cluster_id: _measure(unit, rows_of[cluster_id], centre, classes, own[cluster_id])
        for cluster_id, centre in centres.items()
    }


def class_centres(discovery: StoredDiscovery, unit: FloatArray) -> dict[ClassId, FloatArray]:
    """The mean direction of each class's crops in a discovery."""
    clusters_of: dict[ClassId, list[int]] = {}
    for cluster in discovery.clusters:
        if cluster.class_id is not None:
            clusters_of.setdefault(cluster.class_id, []).append(cluster.id)
    rows_of = {
        class_id: np.flatnonzero(np.isin(discovery.cluster_ids, ids)) for class_id, ids in clusters_of.items()
    }
    return {class_id: centre_of(unit[rows]) for class_id, rows in rows_of.items() if len(rows)}


def _measure(
    unit: FloatArray,
    rows: np.typing.NDArray[np.int64],
    centre: FloatArray,
    classes: Mapping[ClassId, FloatArray],
    own: ClassId | None,
) -> ClusterFigures:
    distances = 1 - unit[rows] @ centre
    typical = rows[np.argsort(distances, kind="stable")]
    others = {class_id: 1 - float(centre @ other) for class_id, other in classes.items() if class_id != own}
    nearest = min(others, key=lambda class_id: others[class_id], default=None)
    return ClusterFigures(
        rows=tuple(typical.tolist()),
        spread=float(distances.mean()),
        nearest=nearest,
        nearest_distance=None if nearest is None else max(others[nearest], 0.0),
    )
