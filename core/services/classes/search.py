"""Looking for more: crops like a crop, and crops of old lots that a class knows now."""

from dataclasses import dataclass

import numpy as np

from core.domain.ids import ClassId, CropId, DiscoveryId, ImageId, LotId
from core.domain.stored_discovery import IntArray, StoredDiscovery
from core.services.classes.relabelling import classes_of_crops
from core.services.discovery.cluster_figures import centre_of, to_unit
from core.services.discovery.stored import OpenDiscovery
from core.services.workspace import Workspace

WITHIN = 0.95
"""A hit lies no further from the class's centre than this share of the class's own crops."""
MOST_HITS = 500


@dataclass(frozen=True, slots=True)
class ClassHit:
    """A crop that looks like a class and does not bear it.

    Attributes:
        distance: cosine distance to the class's centre.
    """

    lot_id: LotId
    discovery_id: DiscoveryId
    image_id: ImageId
    crop_id: CropId
    distance: float


def find_alike(opened: OpenDiscovery, rows: IntArray, count: int) -> IntArray:
    """Rows of the crops nearest to the centre of some crops, those crops first.

    Args:
        rows: of the crops, one or more.
        count: how many more to find.
    """
    distances = 1 - opened.unit @ centre_of(opened.unit[rows])
    distances[rows] = -1
    return np.argsort(distances, kind="stable")[: len(rows) + count]


def find_class_hits(workspace: Workspace, class_id: ClassId) -> tuple[ClassHit, ...]:
    """Crops of all lots that lie as near to a class's centre as its own crops do, nearest first.

    Each embedding is searched apart: crops of two models cannot be compared.

    Raises:
        UserError: embeddings are gone or damaged.
    """
    hits = [
        hit
        for model in workspace.history.discoveries.models()
        for hit in _hits_of_model(workspace, class_id, model)
    ]
    return tuple(sorted(hits, key=lambda hit: hit.distance)[:MOST_HITS])


def _hits_of_model(workspace: Workspace, class_id: ClassId, model_sha256: str) -> list[ClassHit]:
    found = workspace.history.discoveries.newest_of_model(model_sha256)
    units = [to_unit(workspace.maps.load_embeddings(each.origin.embeddings_file)) for each in found]
    bears = [classes_of_crops(each) == class_id for each in found]
    if not any(mask.any() for mask in bears):
        return []
    own = np.concatenate([unit[mask] for unit, mask in zip(units, bears, strict=True)])
    centre = centre_of(own)
    reach = float(np.quantile(1 - own @ centre, WITHIN))
    return [
        hit
        for each, unit, mask in zip(found, units, bears, strict=True)
        for hit in _hits(each, 1 - unit @ centre, mask, reach)
    ]


def _hits(
    discovery: StoredDiscovery,
    distances: np.typing.NDArray[np.float32],
    bears: np.typing.NDArray[np.bool_],
    reach: float,
) -> list[ClassHit]:
    near = np.flatnonzero((distances <= reach) & ~bears)
    return [
        ClassHit(
            discovery.lot_id,
            discovery.id,
            ImageId(int(discovery.crops.image_ids[row])),
            CropId(int(discovery.crop_ids[row])),
            float(distances[row]),
        )
        for row in near
    ]
