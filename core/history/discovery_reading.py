"""Stored discoveries as they stand now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, func, select

from core.domain.discovery import ClassCount
from core.domain.ids import ClassId, ClusterId, CropId, DiscoveryId, ImageId, LotId
from core.domain.stored_discovery import (
    ClusterState,
    CropTable,
    DiscoveryOrigin,
    StoredCluster,
    StoredDiscovery,
)
from core.history.discovery_schema import clusters, crops, discoveries
from core.history.schema import AnyRow, images, listed

_WHOLE = (
    crops.c.id,
    crops.c.image_id,
    crops.c.run_id,
    crops.c.x,
    crops.c.y,
    crops.c.width,
    crops.c.height,
    crops.c.left_px,
    crops.c.top_px,
    crops.c.side_px,
)
_MEASURED = (crops.c.score, crops.c.confidence)


_newest = (
    select(func.max(discoveries.c.id)).where(discoveries.c.withdrawn == 0).group_by(discoveries.c.lot_id)
)


@dataclass(frozen=True, slots=True)
class CropPlace:
    """Where a crop was cut: left, top and side of its square in pixels of an image of a lot."""

    crop_id: CropId
    lot_id: LotId
    image_id: ImageId
    square: tuple[int, int, int]


def newest_id(connection: Connection, lot_id: LotId) -> DiscoveryId | None:
    """The lot's newest discovery."""
    query = _newest.where(discoveries.c.lot_id == lot_id)
    found = connection.execute(query).scalar()
    return None if found is None else DiscoveryId(found)


def models(connection: Connection) -> tuple[str, ...]:
    """Fingerprints of the embeddings that lots were discovered with last."""
    query = select(discoveries.c.model_sha256).where(discoveries.c.id.in_(_newest)).distinct()
    return tuple(connection.execute(query).scalars())


def newest_ids_of_model(connection: Connection, model_sha256: str) -> tuple[DiscoveryId, ...]:
    """Of each lot the newest discovery, where it was embedded by this model."""
    query = select(discoveries.c.id).where(
        discoveries.c.id.in_(_newest), discoveries.c.model_sha256 == model_sha256
    )
    return tuple(DiscoveryId(found) for found in connection.execute(query).scalars())


def find(
    connection: Connection, discovery_id: DiscoveryId, known: StoredDiscovery | None = None
) -> StoredDiscovery:
    """A discovery with its clusters and crops.

    Args:
        known: as it was read before; of its crops only the clusters can be others now.
    """
    row = connection.execute(select(discoveries).where(discoveries.c.id == discovery_id)).one()
    if known is None or known.id != discovery_id:
        known = _read(connection, row)
    return replace(
        known,
        clusters=_clusters(connection, discovery_id),
        cluster_ids=_columns(connection, discovery_id, (crops.c.cluster_id,), np.int64)[:, 0],
    )


def _read(connection: Connection, row: AnyRow) -> StoredDiscovery:
    whole = _columns(connection, row.id, _WHOLE, np.int64)
    measured = _columns(connection, row.id, _MEASURED, np.float32)
    return StoredDiscovery(
        id=DiscoveryId(row.id),
        lot_id=LotId(row.lot_id),
        at_utc=datetime.fromisoformat(row.at_utc),
        reviewer=row.reviewer,
        origin=DiscoveryOrigin(**{name: getattr(row, name) for name in DiscoveryOrigin.__dataclass_fields__}),
        count=ClassCount(
            row.known, row.estimated_total, (row.lowest_total, row.highest_total), row.stability
        ),
        clusters=(),
        crops=CropTable(
            whole[:, 1], whole[:, 2], whole[:, 3:7], whole[:, 7:10], measured[:, 0], measured[:, 1]
        ),
        crop_ids=whole[:, 0],
        cluster_ids=whole[:, 0],
    )


def _columns(
    connection: Connection,
    discovery_id: int,
    columns: Sequence[Column[Any]],
    dtype: type[np.int64 | np.float32],
) -> NDArray[Any]:
    """(N, len(columns)) in the order of the embeddings, past SQLAlchemy's work per row."""
    names = ", ".join(column.name for column in columns)
    rows = connection.exec_driver_sql(
        f"SELECT {names} FROM crops WHERE discovery_id = ? ORDER BY position", (discovery_id,)
    ).cursor
    found = np.array([] if rows is None else rows.fetchall(), dtype)
    return found.reshape(-1, len(columns))


def crop_places(connection: Connection, crop_ids: Sequence[CropId]) -> tuple[CropPlace, ...]:
    """Where crops were cut, in the order asked for."""
    rows = connection.execute(
        select(crops, images.c.lot_id)
        .join(images, images.c.id == crops.c.image_id)
        .where(crops.c.id.in_(listed(crop_ids)))
    )
    found = {row.id: _place(row) for row in rows}
    return tuple(found[crop_id] for crop_id in crop_ids if crop_id in found)


def _place(row: AnyRow) -> CropPlace:
    square = (row.left_px, row.top_px, row.side_px)
    return CropPlace(CropId(row.id), LotId(row.lot_id), ImageId(row.image_id), square)


def _clusters(connection: Connection, discovery_id: DiscoveryId) -> tuple[StoredCluster, ...]:
    query = (
        select(clusters)
        .where(clusters.c.discovery_id == discovery_id, clusters.c.state != ClusterState.DISSOLVED.value)
        .order_by(clusters.c.number)
    )
    return tuple(_cluster(row) for row in connection.execute(query))


def _cluster(row: AnyRow) -> StoredCluster:
    return StoredCluster(
        id=ClusterId(row.id),
        number=row.number,
        name=row.name,
        class_id=None if row.class_id is None else ClassId(row.class_id),
        state=ClusterState(row.state),
        stability=row.stability,
    )
