"""A discovery that is kept: crops as columns, clusters that an engineer works on, and where a class came from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.domain.arrays import FloatArray, freeze
from core.domain.discovery import ClassCount
from core.domain.ids import ClassId, ClusterId, CropId, DiscoveryId, LotId

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CropTable:
    """Crops in the order of their embeddings, as read-only columns of N rows.

    Attributes:
        image_ids, run_ids: (N,) int64; where each was cut, and the run whose map it was cut by.
        boxes_xywh: (N, 4) int64, the region in pixels of the image.
        squares: (N, 3) int64: left, top and side of the cut-out, in pixels.
        scores: (N,) float32, the region's score.
        confidence: (N,) float32 in [0, 1].

    Raises:
        ValueError: the columns differ in length or dtype.
    """

    image_ids: IntArray
    run_ids: IntArray
    boxes_xywh: IntArray
    squares: IntArray
    scores: FloatArray
    confidence: FloatArray

    def __post_init__(self) -> None:
        for name, ndim in (("image_ids", 1), ("run_ids", 1), ("boxes_xywh", 2), ("squares", 2)):
            object.__setattr__(self, name, freeze(getattr(self, name), dtype=np.int64, ndim=ndim, name=name))
        for name in ("scores", "confidence"):
            object.__setattr__(self, name, freeze(getattr(self, name), dtype=np.float32, ndim=1, name=name))
        columns = (self.run_ids, self.boxes_xywh, self.squares, self.scores, self.confidence)
        if any(len(column) != len(self) for column in columns):
            raise ValueError("the columns of the crops differ in length")

    def __len__(self) -> int:
        return len(self.image_ids)


class ClusterState(StrEnum):
    """Whether a cluster asks for a name; a dissolved one has no crops and is kept for undo."""

    OPEN = "open"
    DISMISSED = "dismissed"
    DISSOLVED = "dissolved"


@dataclass(frozen=True, slots=True)
class StoredCluster:
    """A cluster as it stands now.

    Attributes:
        number: stable within its discovery, from 0.
        name: what discovery called it; a cluster with a class is shown under the class's name.
        stability: as discovery measured it; None once the cluster was changed by hand.
    """

    id: ClusterId
    number: int
    name: str
    class_id: ClassId | None
    state: ClusterState
    stability: float | None


@dataclass(frozen=True, slots=True)
class DiscoveryOrigin:
    """How a discovery was made: what it takes to make it again.

    Attributes:
        model_id, model_sha256: of the embedding: crops of two discoveries can be compared where these are equal.
        embeddings_file: name in the map store.
    """

    recipe_name: str
    recipe_sha256: str
    recipe_json: str
    model_id: str
    model_sha256: str
    embeddings_file: str


@dataclass(frozen=True, slots=True, eq=False)
class StoredDiscovery:
    """The newest grouping of a lot's crops, with everything that was done to it since.

    Attributes:
        clusters: by number, dissolved ones left out.
        crop_ids: (N,) int64, aligned with `crops`.
        cluster_ids: (N,) int64, each crop's present cluster.
    """

    id: DiscoveryId
    lot_id: LotId
    at_utc: datetime
    reviewer: str
    origin: DiscoveryOrigin
    count: ClassCount
    clusters: tuple[StoredCluster, ...]
    crops: CropTable
    crop_ids: IntArray
    cluster_ids: IntArray

    def cluster(self, cluster_id: ClusterId) -> StoredCluster:
        """The cluster with this id."""
        return next(cluster for cluster in self.clusters if cluster.id == cluster_id)

    def rows_of(self, cluster_id: ClusterId) -> IntArray:
        """Rows of the cluster's crops, ascending."""
        return np.flatnonzero(self.cluster_ids == cluster_id)

    def rows_of_crops(self, crop_ids: tuple[CropId, ...]) -> IntArray:
        """Rows of these crops, ascending; those of other discoveries are left out."""
        return np.flatnonzero(np.isin(self.crop_ids, np.asarray(crop_ids, np.int64)))


@dataclass(frozen=True, slots=True)
class ClassBirth:
    """A class's birth certificate: who named it, when, and on what evidence.

    Attributes:
        crops: how many crops the cluster had.
        medoids: the most typical of them, shown beside the certificate.
        recipe_sha256, model_sha256: of the discovery.
        nearest_class: the known class that lay nearest; empty where none was known.
        nearest_distance: cosine distance of the two centres; None where none was known.
    """

    class_id: ClassId
    at_utc: datetime
    reviewer: str
    app_version: str
    discovery_id: DiscoveryId
    lot_name: str
    cluster_name: str
    crops: int
    medoids: tuple[CropId, ...]
    recipe_sha256: str
    model_sha256: str
    nearest_class: str
    nearest_distance: float | None
