"""Naming a cluster: from then on it is a known class, and its images bear it."""

from collections.abc import Sequence
from dataclasses import replace

from core.domain.decisions import ClassDraft, DefectClass
from core.domain.ids import ClassId, ClusterId, CropId
from core.domain.review import ChangeSet, JudgementChange, Subject
from core.domain.stored_discovery import ClusterState
from core.history.discovery_writing import Naming
from core.history.edits import Edit
from core.services.classes.relabelling import classes_by_id, relabel_rows
from core.services.discovery.cluster_edits import set_state
from core.services.discovery.cluster_figures import measure_clusters
from core.services.discovery.stored import OpenDiscovery
from core.services.workspace import Workspace

MEDOIDS = 8
"""Crops that stand for a cluster in its birth certificate, and for the class as its exemplars."""


def name_cluster(
    workspace: Workspace, opened: OpenDiscovery, cluster_id: ClusterId, draft: ClassDraft
) -> ChangeSet:
    """Make a class of a cluster, with a birth certificate, and label its images.

    Raises:
        UserError: the name is empty or taken, or somebody was faster.
    """
    stored = opened.stored
    classes = classes_by_id(workspace)
    figures = measure_clusters(stored, opened.unit)[cluster_id]
    medoids = tuple(CropId(int(stored.crop_ids[row])) for row in figures.rows[:MEDOIDS])
    nearest = "" if figures.nearest is None else classes[figures.nearest].name
    naming = Naming(stored.cluster(cluster_id), len(figures.rows), medoids, nearest, figures.nearest_distance)
    born = replace(draft, exemplars=draft.exemplars or medoids)

    def relabel(class_id: ClassId) -> Sequence[JudgementChange]:
        made = DefectClass(class_id, draft.name, killer=draft.killer)
        return relabel_rows(
            workspace, stored, stored.rows_of(cluster_id), class_id, classes | {class_id: made}
        )

    title = f"Name {draft.name.strip()}"
    return workspace.history.discoveries.name_as_new(title, stored, born, naming, relabel)


def name_as_known(
    workspace: Workspace, opened: OpenDiscovery, cluster_id: ClusterId, class_id: ClassId
) -> ChangeSet:
    """Say that a cluster is of a class that exists, and label its images.

    Raises:
        UserError: somebody was faster.
    """
    stored, classes = opened.stored, classes_by_id(workspace)
    cluster = stored.cluster(cluster_id)
    edit = Edit(Subject.CLUSTER, (cluster_id,), {"class_id": cluster.class_id}, {"class_id": class_id})
    changes = relabel_rows(workspace, stored, stored.rows_of(cluster_id), class_id, classes)
    title = f"Name {classes[class_id].name}"
    return workspace.history.discoveries.edit(
        title, stored.lot_id, [edit, set_state(cluster, ClusterState.OPEN)], changes
    )
