"""What bears a class, what happened to it, and where it came from."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from core.domain.decisions import ClassEvent, ClassUsage
from core.domain.ids import ClassId, CropId, DiscoveryId, ImageId, LotId
from core.domain.stored_discovery import ClassBirth, ClusterState
from core.history.discovery_schema import class_births, clusters, discoveries
from core.history.edits import EDIT_ACTION
from core.history.schema import AnyRow, audit, images, judgements, listed, lots, operations

_ALONE = (
    "class_added",
    "class_renamed",
    "class_retired",
)  # written outside of undo, the last two before schema 4


def usage(connection: Connection) -> dict[ClassId, ClassUsage]:
    """What bears each class; a class that nothing bears is left out."""
    images_of = _count_images(connection)
    clusters_of = _count_clusters(connection)
    return {
        class_id: ClassUsage(tuple(images_of.get(class_id, ())), clusters_of.get(class_id, 0))
        for class_id in images_of.keys() | clusters_of.keys()
    }


def labelled_images(connection: Connection, class_id: ClassId) -> tuple[ImageId, ...]:
    """Images that bear a class, by lot and place in it."""
    rows = connection.execute(
        select(images.c.id)
        .join(judgements, judgements.c.image_id == images.c.id)
        .where(judgements.c.class_id == class_id, images.c.superseded == 0)
        .order_by(images.c.lot_id, images.c.position)
    )
    return tuple(ImageId(image_id) for image_id in rows.scalars())


def lots_of(connection: Connection, image_ids: Sequence[ImageId]) -> tuple[LotId, ...]:
    """The lots that images belong to."""
    query = select(images.c.lot_id).where(images.c.id.in_(listed(image_ids))).distinct()
    return tuple(LotId(lot_id) for lot_id in connection.execute(query).scalars())


def events(connection: Connection, class_id: ClassId) -> tuple[ClassEvent, ...]:
    """What the audit says of a class, oldest first."""
    payload = audit.c.payload
    edited = (
        (audit.c.action == EDIT_ACTION)
        & (func.json_extract(payload, "$.subject") == "class")
        & (func.json_extract(payload, "$.row_ids[0]") == class_id)  # a class is edited alone
    )
    alone = audit.c.action.in_(_ALONE) & (func.json_extract(payload, "$.class_id") == class_id)
    rows = connection.execute(
        select(audit, operations.c.title, operations.c.kind)
        .outerjoin_from(audit, operations, operations.c.id == func.json_extract(payload, "$.operation_id"))
        .where(or_(edited, alone))
        .order_by(audit.c.id)
    )
    return tuple(_event(row) for row in rows)


def births(connection: Connection) -> dict[ClassId, ClassBirth]:
    """The certificates of the classes that were found by discovery."""
    rows = connection.execute(
        select(class_births, lots.c.name.label("lot_name"), clusters.c.name.label("cluster_name"))
        .join(discoveries, discoveries.c.id == class_births.c.discovery_id)
        .join(lots, lots.c.id == discoveries.c.lot_id)
        .join(clusters, clusters.c.id == class_births.c.cluster_id)
    )
    return {ClassId(row.id): _birth(row) for row in rows}


def _count_images(connection: Connection) -> dict[ClassId, list[tuple[str, int]]]:
    rows = connection.execute(
        select(judgements.c.class_id, lots.c.name, func.count().label("number"))
        .join(images, images.c.id == judgements.c.image_id)
        .join(lots, lots.c.id == images.c.lot_id)
        .where(judgements.c.class_id.is_not(None), images.c.superseded == 0)
        .group_by(judgements.c.class_id, lots.c.id)
        .order_by(lots.c.id)
    )
    found: dict[ClassId, list[tuple[str, int]]] = {}
    for row in rows:
        found.setdefault(ClassId(row.class_id), []).append((row.name, row.number))
    return found


def _count_clusters(connection: Connection) -> dict[ClassId, int]:
    rows = connection.execute(
        select(clusters.c.class_id, func.count().label("number"))
        .join(discoveries, discoveries.c.id == clusters.c.discovery_id)
        .where(clusters.c.class_id.is_not(None), clusters.c.state != ClusterState.DISSOLVED.value)
        .where(discoveries.c.withdrawn == 0)
        .group_by(clusters.c.class_id)
    )
    return {ClassId(row.class_id): row.number for row in rows}


def _event(row: AnyRow) -> ClassEvent:
    payload = json.loads(row.payload)
    at = datetime.fromisoformat(row.at_utc)
    if row.action == EDIT_ACTION:
        return ClassEvent(at, row.actor, row.title, row.kind, payload["before"], payload["after"])
    if row.action == "class_renamed":
        return ClassEvent(
            at, row.actor, "Rename", "do", {"name": payload["before"]}, {"name": payload["after"]}
        )
    if row.action == "class_retired":
        return ClassEvent(at, row.actor, "Retire", "do", {"retired": 0}, {"retired": 1})
    return ClassEvent(at, row.actor, f"Add {payload['name']}", "do", {}, payload)


def _birth(row: AnyRow) -> ClassBirth:
    return ClassBirth(
        class_id=ClassId(row.id),
        at_utc=datetime.fromisoformat(row.at_utc),
        reviewer=row.reviewer,
        app_version=row.app_version,
        discovery_id=DiscoveryId(row.discovery_id),
        lot_name=row.lot_name,
        cluster_name=row.cluster_name,
        crops=row.crops,
        medoids=tuple(CropId(crop_id) for crop_id in json.loads(row.medoids)),
        recipe_sha256=row.recipe_sha256,
        model_sha256=row.model_sha256,
        nearest_class=row.nearest_class,
        nearest_distance=row.nearest_distance,
    )
