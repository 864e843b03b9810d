"""Discovery on a lot of the history: from the regions of its newest detections to clusters that are kept."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from core.domain.arrays import FloatArray
from core.domain.discovery import Discovery
from core.domain.errors import UserError
from core.domain.ids import ClassId, DiscoveryId, LotId
from core.domain.recipes import Recipe
from core.domain.stored_discovery import CropTable, DiscoveryOrigin
from core.jobs import JobContext
from core.services.classes.relabelling import classes_by_id
from core.services.discovery.known_crops import label_known_crops, read_known_elsewhere
from core.services.discovery.stored import keep_discovery
from core.services.discovery.stored_crops import PlacedCrop, crop_table, cut_stored_crops
from core.services.workspace import Workspace

if TYPE_CHECKING:
    from core.discovery.embedder import Embedder

_CHUNK = 256  # crops whose pixels are held before they are described


def discover_lot(
    workspace: Workspace, lot_id: LotId, recipe: Recipe, device: str, ctx: JobContext
) -> DiscoveryId:
    """Group the marked regions of a lot and keep the result as its newest discovery.

    The classes that were given so far, in this lot and in others that were embedded alike, are the known ones; naming
    goes on from there. Earlier discoveries of the lot stay in the history.

    Args:
        recipe: its discovery section.
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: no image has a marked region, or weights or device are not there.
        JobCancelled: between images and between clusterings; nothing is kept.
    """
    ctx.report(0, 0, "loading the embedding")
    # torch takes seconds: imported here, in the worker
    from core.discovery.discovering import discover_clusters
    from core.services.discovery.embedding import load_chosen_embedder

    embedder = load_chosen_embedder(recipe.discovery, device)
    items = workspace.history.list_items(lot_id)
    table, embeddings = _describe(cut_stored_crops(workspace, items, ctx), embedder, ctx)
    origin = _origin(recipe, embedder.identity)
    elsewhere = read_known_elsewhere(workspace, lot_id, origin.model_sha256)
    known = label_known_crops(items, table, workspace.history.discoveries.newest(lot_id), elsewhere)
    classes = classes_by_id(workspace)
    names = [classes[class_id].name for class_id in known.class_ids]
    ctx.report(0, 0, f"grouping {len(table):,} defects")
    together = embeddings if elsewhere is None else np.concatenate([embeddings, elsewhere.unit])
    leads = np.zeros(len(together), np.bool_)
    leads[np.unique(table.image_ids, return_index=True)[1]] = True  # an image's most anomalous region
    found = discover_clusters(together, known.labels, names, recipe.discovery, ctx.check, leads=leads)
    own, class_ids = _without_others(found, len(table), known.class_ids)
    ctx.check()
    return keep_discovery(workspace, lot_id, own, table, embeddings, origin, class_ids)


def _without_others(
    found: Discovery, crops: int, class_ids: Sequence[ClassId]
) -> tuple[Discovery, tuple[ClassId, ...]]:
    """The discovery of the lot's own crops: classes that have none here are no classes of the lot."""
    own = [
        (replace(cluster, members=members), class_id)
        for cluster, class_id in zip_longest(found.clusters, class_ids)
        if (members := tuple(row for row in cluster.members if row < crops))
    ]
    absent = len(class_ids) - sum(class_id is not None for _, class_id in own)
    low, high = found.count.interval
    count = replace(
        found.count,
        known=found.count.known - absent,
        estimated_total=found.count.estimated_total - absent,
        interval=(low - absent, high - absent),
    )
    kept = tuple(cluster for cluster, _ in own)
    return (
        Discovery(count, kept, found.cluster_of[:crops], found.confidence[:crops]),
        tuple(class_id for _, class_id in own if class_id is not None),
    )


def _describe(
    placed: Iterator[PlacedCrop], embedder: "Embedder", ctx: JobContext
) -> tuple[CropTable, FloatArray]:
    """Where the crops lie, and their embeddings; pixels are held of a few crops only.

    Raises:
        UserError: there is no crop.
    """
    tables, vectors = [], []
    for chunk in _chunks(placed):
        tables.append(crop_table(chunk))
        vectors.append(embedder.embed([each.crop for each in chunk], ctx.check))
    if not tables:
        raise UserError(
            "There is nothing to group: no image of this lot has a marked region.", "Detect it first."
        )
    return _joined(tables), np.concatenate(vectors)


def _chunks(placed: Iterator[PlacedCrop]) -> Iterator[list[PlacedCrop]]:
    chunk: list[PlacedCrop] = []
    for each in placed:
        chunk.append(each)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _joined(tables: Sequence[CropTable]) -> CropTable:
    return CropTable(
        *(
            np.concatenate([getattr(table, name) for table in tables])
            for name in CropTable.__dataclass_fields__
        )
    )


def _origin(recipe: Recipe, identity: str) -> DiscoveryOrigin:
    how = {"discovery": recipe.discovery.model_dump(mode="json")}
    text = json.dumps(how, sort_keys=True, separators=(",", ":"))
    return DiscoveryOrigin(
        recipe_name=recipe.name,
        recipe_sha256=hashlib.sha256(text.encode()).hexdigest(),
        recipe_json=text,
        model_id=identity,
        model_sha256=hashlib.sha256(identity.encode()).hexdigest(),
        embeddings_file="",
    )
