"""Which crops of a lot are known already, by the classes that were given so far."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.domain.decisions import Verdict
from core.domain.ids import ClassId
from core.domain.review import ReviewItem
from core.domain.stored_discovery import CropTable, IntArray, StoredDiscovery
from core.services.relabelling import NO_CLASS, classes_of_crops

UNLABELLED = -1


@dataclass(frozen=True, slots=True, eq=False)
class KnownCrops:
    """Labels in the form in which discovery takes them.

    Attributes:
        class_ids: the classes that have a crop, in the order of their ids.
        labels: (N,) int64, places in `class_ids`, or UNLABELLED.
    """

    class_ids: tuple[ClassId, ...]
    labels: IntArray


def label_known_crops(
    items: Sequence[ReviewItem], table: CropTable, earlier: StoredDiscovery | None
) -> KnownCrops:
    """Labels from the engineer's work.

    A region that was in a named cluster keeps that class. Where an image's class stands on none of its regions, its
    most anomalous one gets it.

    Args:
        items: of the lot, with their judgements.
        table: the crops.
        earlier: the lot's last discovery, if it had one.
    """
    classes = _classes_of_regions(table, earlier)
    for item in items:
        given = item.judgement.class_id
        if given is not None and item.judgement.verdict in (None, Verdict.REAL):
            rows = np.flatnonzero(table.image_ids == item.image_id)
            if len(rows) and given not in classes[rows].tolist():
                classes[rows[np.argmax(table.scores[rows])]] = given
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
