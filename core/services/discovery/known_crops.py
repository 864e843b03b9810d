"""Which crops of a lot are known already, by the classes that were given so far."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.domain.arrays import FloatArray
from core.domain.decisions import Verdict
from core.domain.ids import ClassId, LotId
from core.domain.review import ReviewItem
from core.domain.stored_discovery import CropTable, IntArray, StoredDiscovery
from core.services.classes.relabelling import NO_CLASS, classes_of_crops
from core.services.discovery.cluster_figures import measure_clusters, to_unit
from core.services.workspace import Workspace

UNLABELLED = -1
_TYPICAL = 64


@dataclass(frozen=True, slots=True, eq=False)
class KnownCrops:
    """Labels in the form in which discovery takes them.

    Attributes:
        class_ids: the classes that have a crop, in the order of their ids.
        labels: (N + M,) int64, places in `class_ids`, or UNLABELLED; those of the M crops of other lots last.
    """

    class_ids: tuple[ClassId, ...]
    labels: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class KnownElsewhere:
    """Typical crops of the classes, from other lots that were embedded alike.

    Attributes:
        unit: (M, D) float32 of length 1.
        classes: (M,) int64, class ids.
    """

    unit: FloatArray
    classes: IntArray


def read_known_elsewhere(workspace: Workspace, lot_id: LotId, model_sha256: str) -> KnownElsewhere | None:
    """Up to 64 crops of each named cluster of each other lot's newest discovery, the most typical ones.

    Raises:
        UserError: embeddings are gone or damaged.
    """
    usable = {known.id for known in workspace.history.list_classes()}
    units, classes = [], []
    for found in workspace.history.discoveries.newest_of_model(model_sha256):
        named = [each for each in found.clusters if each.class_id in usable]
        if found.lot_id == lot_id or not named:
            continue
        unit = to_unit(workspace.maps.load_embeddings(found.origin.embeddings_file))
        figures = measure_clusters(found, unit)
        for cluster in named:
            rows = list(figures[cluster.id].rows[:_TYPICAL]) if cluster.id in figures else []
            units.append(unit[rows])
            classes.append(np.full(len(rows), cluster.class_id, np.int64))
    return KnownElsewhere(np.concatenate(units), np.concatenate(classes)) if units else None


def label_known_crops(
    items: Sequence[ReviewItem],
    table: CropTable,
    earlier: StoredDiscovery | None,
    elsewhere: KnownElsewhere | None = None,
) -> KnownCrops:
    """Labels from the engineer's work, in this lot and in others.

    A region that was in a named cluster keeps that class. Where an image's class stands on none of its regions, its
    most anomalous one gets it.

    Args:
        items: of the lot, with their judgements.
        table: the crops.
        earlier: the lot's last discovery, if it had one.
        elsewhere: crops of other lots, which stand behind the lot's own.
    """
    classes = _classes_of_regions(table, earlier)
    for item in items:
        given = item.judgement.class_id
        if given is not None and item.judgement.verdict in (None, Verdict.REAL):
            rows = np.flatnonzero(table.image_ids == item.image_id)
            if len(rows) and given not in classes[rows].tolist():
                classes[rows[np.argmax(table.scores[rows])]] = given
    if elsewhere is not None:
        classes = np.concatenate([classes, elsewhere.classes])
    found = np.unique(classes[classes != NO_CLASS])
    labels = np.where(classes == NO_CLASS, UNLABELLED, np.searchsorted(found, classes))
    return KnownCrops(tuple(ClassId(int(class_id)) for class_id in found), labels.astype(np.int64))


def _classes_of_regions(table: CropTable, earlier: StoredDiscovery | None) -> IntArray:
    """(N,) int64, what the earlier discovery called the same box of the same image, or NO_CLASS."""
    if earlier is None:
        return np.full(len(table), NO_CLASS, np.int64)
    named = dict(zip(_places(earlier.crops), classes_of_crops(earlier).tolist(), strict=True))
    return np.array([named.get(place, NO_CLASS) for place in _places(table)], np.int64)


def _places(table: CropTable) -> list[tuple[int, ...]]:
    return [tuple(row) for row in np.column_stack([table.image_ids, table.boxes_xywh]).tolist()]
