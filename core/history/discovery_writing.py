"""Rows of a discovery, of a cluster that is made by hand, and of a class's birth certificate."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from core.domain.discovery import ClassCount, Discovery
from core.domain.ids import ClassId, ClusterId, CropId, DiscoveryId, LotId
from core.domain.review import Subject
from core.domain.stored_discovery import (
    ClusterState,
    CropTable,
    DiscoveryOrigin,
    StoredCluster,
    StoredDiscovery,
)
from core.history.audit import append_audit
from core.history.bulk import insert_rows
from core.history.decisions import apply_action
from core.history.discovery_schema import class_births, clusters, crops, discoveries
from core.history.edits import Edit
from core.history.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Naming:
    """What a birth certificate says beside who, when and which discovery."""

    cluster: StoredCluster
    crops: int
    medoids: tuple[CropId, ...]
    nearest_class: str
    nearest_distance: float | None


def add_discovery(
    connection: Connection,
    lot_id: LotId,
    found: Discovery,
    table: CropTable,
    origin: DiscoveryOrigin,
    class_ids: Sequence[ClassId],
    stamp: Stamp,
) -> DiscoveryId:
    """Keep a discovery as the lot's newest, as an action on the lot's undo."""
    values = {"lot_id": lot_id, **_origin_values(origin), **_count_values(found.count)}
    author = {"at_utc": stamp.at_utc, "reviewer": stamp.reviewer, "app_version": stamp.app_version}
    made = insert(discoveries).values(values | author | {"withdrawn": 1})
    discovery_id = DiscoveryId(connection.execute(made).lastrowid)
    cluster_ids = _insert_clusters(connection, discovery_id, found, class_ids)
    _insert_crops(connection, discovery_id, found, table, cluster_ids)
    size = {"discovery_id": discovery_id, "crops": len(table), "clusters": len(found.clusters)}
    append_audit(connection, stamp, "discovery_made", [size | values])
    wake = Edit(Subject.DISCOVERY, (discovery_id,), {"withdrawn": 1}, {"withdrawn": 0})
    apply_action(connection, f"Group {len(table):,} defects", lot_id, [wake], (), stamp)
    return discovery_id


def _insert_clusters(
    connection: Connection, discovery_id: DiscoveryId, found: Discovery, class_ids: Sequence[ClassId]
) -> dict[int, int]:
    """Ids of the stored clusters by their number."""
    made = {}
    known = iter(class_ids)
    for cluster in found.clusters:
        if not cluster.members:
            continue
        values = {
            "discovery_id": discovery_id,
            "number": cluster.number,
            "name": cluster.name,
            "class_id": None if cluster.is_novel else next(known),
            "state": ClusterState.OPEN.value,
            "stability": float(cluster.stability),
        }
        made[cluster.number] = connection.execute(insert(clusters).values(values)).lastrowid
    return made


def _insert_crops(
    connection: Connection,
    discovery_id: DiscoveryId,
    found: Discovery,
    table: CropTable,
    cluster_ids: dict[int, int],
) -> None:
    rows = [
        {
            "discovery_id": discovery_id,
            "position": row,
            "image_id": int(table.image_ids[row]),
            "run_id": int(table.run_ids[row]),
            **dict(zip(("x", "y", "width", "height"), table.boxes_xywh[row].tolist(), strict=True)),
            **dict(zip(("left_px", "top_px", "side_px"), table.squares[row].tolist(), strict=True)),
            "score": float(table.scores[row]),
            "confidence": float(found.confidence[row]),
            "cluster_id": cluster_ids[int(found.cluster_of[row])],
        }
        for row in range(len(table))
    ]
    insert_rows(connection, insert(crops), rows)


def make_cluster(connection: Connection, discovery_id: DiscoveryId, name: str) -> tuple[ClusterId, Edit]:
    """A dissolved cluster and the edit that opens it."""
    highest = select(func.max(clusters.c.number)).where(clusters.c.discovery_id == discovery_id)
    asleep, alive = {"state": ClusterState.DISSOLVED.value}, {"state": ClusterState.OPEN.value}
    values = {"discovery_id": discovery_id, "name": name, **asleep}
    number = (connection.execute(highest).scalar() or 0) + 1
    cluster_id = connection.execute(insert(clusters).values(values | {"number": number})).lastrowid
    return ClusterId(cluster_id), Edit(Subject.CLUSTER, (cluster_id,), asleep, alive)


def certify(
    connection: Connection, class_id: ClassId, discovery: StoredDiscovery, naming: Naming, stamp: Stamp
) -> None:
    """Write a class's birth certificate."""
    values = {
        "id": class_id,
        "at_utc": stamp.at_utc,
        "reviewer": stamp.reviewer,
        "app_version": stamp.app_version,
        "discovery_id": discovery.id,
        "cluster_id": naming.cluster.id,
        "crops": naming.crops,
        "medoids": json.dumps([int(crop_id) for crop_id in naming.medoids]),
        "recipe_sha256": discovery.origin.recipe_sha256,
        "model_sha256": discovery.origin.model_sha256,
        "nearest_class": naming.nearest_class,
        "nearest_distance": naming.nearest_distance,
    }
    connection.execute(insert(class_births).values(values))
    append_audit(connection, stamp, "class_born", [values])


def _origin_values(origin: DiscoveryOrigin) -> dict[str, str]:
    return {name: getattr(origin, name) for name in DiscoveryOrigin.__dataclass_fields__}


def _count_values(count: ClassCount) -> dict[str, float]:
    low, high = count.interval
    return {
        "known": int(count.known),
        "estimated_total": int(count.estimated_total),
        "lowest_total": int(low),
        "highest_total": int(high),
        "stability": float(count.stability),
    }
