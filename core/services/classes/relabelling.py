"""What a crop's class means for its image: one label an image, by a weighted vote of its crops."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.discovery.image_class import region_weights, vote
from core.domain.decisions import DefectClass, Judgement, Killer, Verdict
from core.domain.discovery_options import DiscoveryOptions
from core.domain.ids import ClassId, ImageId
from core.domain.review import JudgementChange, ReviewItem
from core.domain.stored_discovery import CropTable, IntArray, StoredDiscovery
from core.services.workspace import Workspace

NO_CLASS = -1
_LABELLED_BY_CLUSTERS = (None, Verdict.REAL)


def classes_of_crops(discovery: StoredDiscovery) -> IntArray:
    """(N,) int64, each crop's class by its cluster, or NO_CLASS."""
    found = np.full(len(discovery.crops), NO_CLASS, np.int64)
    for cluster in discovery.clusters:
        if cluster.class_id is not None:
            found[discovery.cluster_ids == cluster.id] = cluster.class_id
    return found


def classes_by_id(workspace: Workspace) -> dict[ClassId, DefectClass]:
    """Every class that was ever made, retired ones too."""
    return {known.id: known for known in workspace.history.list_classes(include_retired=True)}


def relabel_rows(
    workspace: Workspace,
    discovery: StoredDiscovery,
    rows: IntArray,
    class_id: ClassId | None,
    classes: Mapping[ClassId, DefectClass] | None = None,
) -> tuple[JudgementChange, ...]:
    """What it means for images when these crops become of this class, or (None) of none.

    Args:
        classes: by id; None takes those of the history.
    """
    before = classes_of_crops(discovery)
    after = before.copy()
    after[rows] = NO_CLASS if class_id is None else class_id
    items = workspace.history.list_items(discovery.lot_id)
    return relabel_images(discovery, items, before, after, classes or classes_by_id(workspace))


def relabel_images(
    discovery: StoredDiscovery,
    items: Sequence[ReviewItem],
    before: IntArray,
    after: IntArray,
    classes: Mapping[ClassId, DefectClass],
) -> tuple[JudgementChange, ...]:
    """The judgements that follow when crops change their class.

    The class of an image is the one that its crops vote for, large and clear ones more than others. An image that a
    person called something else, or no real defect, is left as it is.

    Args:
        discovery: whose crops they are.
        items: of the lot, with their present judgements.
        before, after: (N,) int64, each crop's class, or NO_CLASS.
        classes: by id: a class that kills makes its images killers.
    """
    judged = {item.image_id: item.judgement for item in items}
    of_image = discovery.crops.image_ids
    by_image = np.argsort(of_image, kind="stable")
    touched = np.unique(of_image[before != after])
    ends = np.searchsorted(of_image[by_image], [touched, touched + 1])
    changes = []
    for image_id, first, end in zip(map(ImageId, touched.tolist()), *ends, strict=True):
        rows = by_image[first:end]
        old = judged.get(image_id)
        if old is None or not _is_ours(old, before[rows]):
            continue
        new = _relabel(old, _heaviest(after[rows], discovery.crops, rows), classes)
        changes.append(JudgementChange(image_id, old, new))
    return tuple(changes)


def _is_ours(judgement: Judgement, classes: IntArray) -> bool:
    """Whether the label is none yet, or one that clusters gave."""
    by_clusters = judgement.class_id is None or judgement.class_id in classes.tolist()
    return by_clusters and judgement.verdict in _LABELLED_BY_CLUSTERS


def _heaviest(classes: IntArray, crops: CropTable, rows: IntArray) -> ClassId | None:
    """The class that an image's named crops speak for, by the vote that discovery itself takes."""
    named = classes != NO_CLASS
    if not named.any():
        return None
    boxes = crops.boxes_xywh[rows[named]]
    weights = region_weights((boxes[:, 2] * boxes[:, 3]).tolist(), DiscoveryOptions().label_temperature)
    candidates, places = np.unique(classes[named], return_inverse=True)
    winner, _ = vote(places.astype(np.int64), crops.confidence[rows[named]], weights)
    return ClassId(int(candidates[winner]))


def _relabel(old: Judgement, class_id: ClassId | None, classes: Mapping[ClassId, DefectClass]) -> Judgement:
    if class_id is None:
        return replace(old, class_id=None)
    killer = classes[class_id].killer if class_id in classes else Killer.UNKNOWN
    kept = old.killer if killer is Killer.UNKNOWN else killer
    return replace(old, verdict=Verdict.REAL, class_id=class_id, killer=kept)
