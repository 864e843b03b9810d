"""Work on clusters: what each step does to crops, classes and images, that it is undone whole, and audited."""

import numpy as np
import pytest

from core.domain.decisions import ClassDraft, Killer, Verdict
from core.domain.errors import UserError
from core.domain.review import Subject
from core.domain.stored_discovery import ClusterState
from core.services.decisions import decide
from core.services.discovery.cluster_naming import name_as_known, name_cluster
from core.services.discovery.cluster_work import merge_clusters, move_crops, set_dismissed, split_cluster
from core.services.discovery.stored import read_discovery
from core.services.lots import list_items
from core.services.workspace import Workspace
from tests.core.services.discovered_lot import discover_lot_as, embeddings_of, open_detected


@pytest.fixture
def lot_id(workspace, tmp_path):
    return open_detected(workspace, tmp_path / "W07")


@pytest.fixture
def opened(workspace, lot_id):
    return discover_lot_as(workspace, lot_id)


def reread(workspace, opened):
    return read_discovery(workspace, opened.stored.lot_id, opened)


def picture(workspace, lot_id):
    """Everything that a step may change."""
    stored = read_discovery(workspace, lot_id).stored
    judged = {item.image_id: item.judgement for item in list_items(workspace, lot_id)}
    return stored.clusters, stored.cluster_ids.tolist(), judged, workspace.history.list_classes()


def labels(workspace, lot_id):
    return {item.image_id: item.judgement.class_id for item in list_items(workspace, lot_id)}


def steps(workspace, opened):
    first, second, third = (cluster.id for cluster in opened.stored.clusters)
    rows = opened.stored.rows_of(first)
    return {
        "merge": lambda: merge_clusters(workspace, opened, [first, third]),
        "split": lambda: split_cluster(workspace, opened, second),
        "move": lambda: move_crops(workspace, opened, rows[:2], third),
        "move all": lambda: move_crops(workspace, opened, rows, third),
        "move out": lambda: move_crops(workspace, opened, rows[:2], None),
        "dismiss": lambda: set_dismissed(workspace, opened, first, True),
        "name": lambda: name_cluster(workspace, opened, first, ClassDraft("Bridge", slot=1)),
    }


@pytest.mark.parametrize("step", ["merge", "split", "move", "move all", "move out", "dismiss", "name"])
def test_a_step_is_undone_and_redone_whole_also_after_a_restart(workspace, tmp_path, lot_id, opened, step):
    before, rows = picture(workspace, lot_id), workspace.history.verify_audit().rows
    title = steps(workspace, opened)[step]().title
    after = picture(workspace, lot_id)
    assert after != before
    assert workspace.history.verify_audit().rows > rows
    workspace.close()
    with Workspace.open(tmp_path / "home", reviewer="mei") as again:
        assert picture(again, lot_id) == after
        assert again.history.undo(lot_id).title == title
        assert picture(again, lot_id) == before
        assert again.history.redo(lot_id).title == title
        assert picture(again, lot_id) == after
        assert again.history.verify_audit().ok


def test_a_merge_goes_into_the_larger_cluster(workspace, lot_id, opened):
    first, second, third = opened.stored.clusters
    merge_clusters(workspace, opened, [second.id, third.id])
    now = reread(workspace, opened).stored
    assert [cluster.id for cluster in now.clusters] == [first.id, second.id]
    assert len(now.rows_of(second.id)) == 10
    assert now.cluster(second.id).stability is None
    assert now.cluster(first.id).stability == first.stability


def test_a_split_parts_what_lies_apart(workspace, lot_id, tmp_path):
    opened = discover_lot_as(workspace, lot_id, clusters=1)
    halves = [0] * 10 + [1] * 6
    opened = type(opened)(opened.stored, embeddings_of(halves))
    split_cluster(workspace, opened, opened.stored.clusters[0].id)
    now = read_discovery(workspace, lot_id).stored
    assert [cluster.name for cluster in now.clusters] == ["Novel 1", "Novel 2"]
    assert np.array_equal(now.rows_of(now.clusters[1].id), np.arange(10, 16))


def test_crops_that_look_the_same_are_not_split(workspace, opened):
    same = type(opened)(opened.stored, np.ones_like(opened.unit))
    with pytest.raises(UserError, match="cannot be split"):
        split_cluster(workspace, same, opened.stored.clusters[0].id)


def test_a_cluster_that_is_left_empty_dissolves(workspace, opened):
    first, _, third = opened.stored.clusters
    move_crops(workspace, opened, opened.stored.rows_of(first.id), third.id)
    assert first.id not in [cluster.id for cluster in reread(workspace, opened).stored.clusters]


def test_naming_makes_a_class_with_a_birth_certificate_and_labels_the_images(workspace, lot_id, opened):
    cluster = opened.stored.clusters[0]
    draft = ClassDraft("Bridge", code=12, color="#ff8800", slot=3, description="metal", killer=Killer.YES)
    changes = name_cluster(workspace, opened, cluster.id, draft)
    (made,) = workspace.history.list_classes()
    assert (made.name, made.code, made.slot, made.description, made.killer) == (
        "Bridge",
        12,
        3,
        "metal",
        Killer.YES,
    )
    rows = opened.stored.rows_of(cluster.id)
    expected = set(opened.stored.crops.image_ids[rows].tolist())
    assert {change.image_id for change in changes.changes} == expected
    assert changes.edited == {Subject.CLASS, Subject.CLUSTER}
    for item in list_items(workspace, lot_id):
        if item.image_id in expected:
            judged = item.judgement
            assert (judged.verdict, judged.class_id, judged.killer) == (Verdict.REAL, made.id, Killer.YES)
        else:
            assert not item.is_decided
    birth = workspace.history.class_table.births()[made.id]
    assert (birth.reviewer, birth.lot_name, birth.cluster_name, birth.crops) == (
        "mei",
        "W07",
        "Novel 1",
        len(rows),
    )
    assert (birth.recipe_sha256, birth.model_sha256) == ("a" * 64, "b" * 64)
    assert birth.medoids == made.exemplars
    assert set(birth.medoids) <= set(opened.stored.crop_ids[rows].tolist())
    assert (birth.nearest_class, birth.nearest_distance) == ("", None)


def test_the_second_class_knows_the_nearest_first_one(workspace, opened):
    first, second, _ = opened.stored.clusters
    name_cluster(workspace, opened, first.id, ClassDraft("Bridge"))
    name_cluster(workspace, reread(workspace, opened), second.id, ClassDraft("Pit"))
    pit = workspace.history.list_classes()[1]
    birth = workspace.history.class_table.births()[pit.id]
    assert birth.nearest_class == "Bridge"
    assert 0.5 < birth.nearest_distance < 1.5


def test_an_undone_name_is_free_again_and_its_id_is_not(workspace, lot_id, opened):
    cluster = opened.stored.clusters[0]
    name_cluster(workspace, opened, cluster.id, ClassDraft("Bridge"))
    (gone,) = workspace.history.list_classes()
    workspace.history.undo(lot_id)
    assert workspace.history.list_classes(include_retired=True) == ()
    assert set(labels(workspace, lot_id).values()) == {None}
    made = workspace.history.add_class("Bridge")
    assert made.id != gone.id
    with pytest.raises(UserError, match="has that name already"):
        workspace.history.redo(lot_id)
    assert set(labels(workspace, lot_id).values()) == {None}


def test_an_image_with_two_named_regions_bears_the_heavier_class(workspace, lot_id, opened):
    """Image 0 has crops 0 and 1 (boxes of 81 and 96 px), which lie in clusters 0 and 1."""
    second, first, _ = opened.stored.clusters
    image_id = opened.stored.crops.image_ids[0]
    assert image_id == opened.stored.crops.image_ids[1]
    name_cluster(workspace, opened, second.id, ClassDraft("Pit"))
    pit = workspace.history.list_classes()[0]
    assert labels(workspace, lot_id)[image_id] == pit.id
    name_cluster(workspace, reread(workspace, opened), first.id, ClassDraft("Bridge"))
    bridge = workspace.history.list_classes()[1]
    assert labels(workspace, lot_id)[image_id] == bridge.id
    assert reread(workspace, opened).stored.cluster(second.id).class_id == pit.id


def test_what_a_person_decided_stays(workspace, lot_id, opened):
    cluster = opened.stored.clusters[0]
    rows = opened.stored.rows_of(cluster.id)
    by_id = {item.image_id: item for item in list_items(workspace, lot_id)}
    other = workspace.history.add_class("Scratch")
    false, scratched = (by_id[opened.stored.crops.image_ids[row]] for row in rows[:2])
    decide(workspace, [false], verdict=Verdict.FALSE, title="False")
    decide(workspace, [scratched], class_id=other.id, title="Scratch")
    name_cluster(workspace, opened, cluster.id, ClassDraft("Bridge"))
    now = {item.image_id: item.judgement for item in list_items(workspace, lot_id)}
    assert now[false.image_id].verdict is Verdict.FALSE
    assert now[false.image_id].class_id is None
    assert now[scratched.image_id].class_id == other.id


def test_crops_that_join_a_named_cluster_label_their_images_and_lose_it_when_they_leave(
    workspace, lot_id, opened
):
    first, second, third = opened.stored.clusters
    name_cluster(workspace, opened, first.id, ClassDraft("Bridge"))
    bridge = workspace.history.list_classes()[0]
    opened = reread(workspace, opened)
    lone = next(
        row
        for row in opened.stored.rows_of(third.id)
        if np.sum(opened.stored.crops.image_ids == opened.stored.crops.image_ids[row]) == 1
    )
    image_id = opened.stored.crops.image_ids[lone]
    move_crops(workspace, opened, np.array([lone]), first.id)
    assert labels(workspace, lot_id)[image_id] == bridge.id
    move_crops(workspace, reread(workspace, opened), np.array([lone]), second.id)
    assert labels(workspace, lot_id)[image_id] is None


def test_a_cluster_may_be_named_as_a_class_that_exists(workspace, lot_id, opened):
    bridge = workspace.history.add_class("Bridge")
    cluster = opened.stored.clusters[1]
    set_dismissed(workspace, opened, cluster.id, True)
    name_as_known(workspace, reread(workspace, opened), cluster.id, bridge.id)
    now = reread(workspace, opened).stored.cluster(cluster.id)
    assert (now.class_id, now.state) == (bridge.id, ClusterState.OPEN)
    assert bridge.id in labels(workspace, lot_id).values()
    assert bridge.id not in workspace.history.class_table.births()


def test_clusters_of_two_classes_are_not_merged(workspace, opened):
    first, second, _ = opened.stored.clusters
    name_cluster(workspace, opened, first.id, ClassDraft("Bridge"))
    name_cluster(workspace, reread(workspace, opened), second.id, ClassDraft("Pit"))
    with pytest.raises(UserError, match="different classes"):
        merge_clusters(workspace, reread(workspace, opened), [first.id, second.id])


def test_an_outdated_view_changes_nothing(workspace, lot_id, opened):
    first, second, third = opened.stored.clusters
    merge_clusters(workspace, opened, [first.id, second.id])
    before = picture(workspace, lot_id)
    with pytest.raises(UserError, match="no longer what was shown"):
        move_crops(workspace, opened, opened.stored.rows_of(second.id)[:1], third.id)
    assert picture(workspace, lot_id) == before


def test_a_grouping_is_undone_as_well_and_the_one_before_is_back(workspace, lot_id, opened):
    name_cluster(workspace, opened, opened.stored.clusters[0].id, ClassDraft("Bridge"))
    (bridge,) = workspace.history.list_classes()
    before = picture(workspace, lot_id)
    again = discover_lot_as(workspace, lot_id, class_ids=(bridge.id,), names=("Bridge",))
    assert again.stored.id != opened.stored.id
    assert workspace.history.undo(lot_id).edited == {Subject.DISCOVERY}
    assert picture(workspace, lot_id) == before
    workspace.history.undo(lot_id)
    assert set(labels(workspace, lot_id).values()) == {None}
    workspace.history.undo(lot_id)
    assert read_discovery(workspace, lot_id) is None
    for _ in range(3):
        workspace.history.redo(lot_id)
    assert read_discovery(workspace, lot_id).stored.id == again.stored.id


def test_a_class_that_is_in_use_is_not_unmade(workspace, lot_id):
    workspace.history.class_table.change("Make Bridge", added=[ClassDraft("Bridge")])
    (bridge,) = workspace.history.list_classes()
    decide(workspace, list_items(workspace, lot_id)[:1], class_id=bridge.id, title="Bridge")
    with pytest.raises(UserError, match="cannot be unmade"):
        workspace.history.undo("classes")
    assert workspace.history.list_classes() == (bridge,)
    workspace.history.undo(lot_id)
    assert workspace.history.undo("classes").title == "Make Bridge"
    assert workspace.history.verify_audit().ok


def test_a_step_without_effect_leaves_nothing_to_undo(workspace, lot_id, opened):
    first = opened.stored.clusters[0]
    title = workspace.history.next_undo(lot_id).title
    assert set_dismissed(workspace, opened, first.id, False).edited == frozenset()
    assert workspace.history.next_undo(lot_id).title == title
