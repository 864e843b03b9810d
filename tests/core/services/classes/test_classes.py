"""The class manager's actions on a history with two lots."""

from dataclasses import replace

import pytest

from core.domain.decisions import ClassDraft, Killer, Verdict
from core.domain.errors import UserError
from core.services.classes import managing as classes
from core.services.decisions import decide
from core.services.discovery.cluster_naming import name_cluster
from core.services.discovery.stored import read_discovery
from core.services.lots import list_items
from tests.core.services.discovered_lot import discover_lot_as, open_detected


@pytest.fixture
def lots(workspace, tmp_path):
    return [open_detected(workspace, tmp_path / name, images) for name, images in (("W07", 6), ("W08", 4))]


@pytest.fixture
def pit_and_void(workspace, lots):
    """Pit on three images of the first lot and two of the second, Void on one."""
    pit, void = workspace.history.add_class("Pit", slot=2), workspace.history.add_class("Void")
    for lot_id, count in zip(lots, (3, 2), strict=True):
        decide(
            workspace,
            list_items(workspace, lot_id)[:count],
            class_id=pit.id,
            verdict=Verdict.REAL,
            title="Pit",
        )
    decide(
        workspace, list_items(workspace, lots[0])[3:4], class_id=void.id, verdict=Verdict.REAL, title="Void"
    )
    return pit, void


def known(workspace, class_id):
    return workspace.history.class_table.find(class_id)


def labelled(workspace, class_id):
    return len(classes.labelled_items(workspace, class_id))


def test_rows_count_what_bears_a_class(workspace, lots, pit_and_void):
    pit, void = pit_and_void
    rows = {row.known.id: row for row in classes.list_class_rows(workspace)}
    assert rows[pit.id].usage.images == (("W07", 3), ("W08", 2))
    assert rows[pit.id].usage.image_count == 5
    assert rows[void.id].usage.image_count == 1
    assert rows[pit.id].birth is None


def test_a_merge_does_what_its_preview_says_and_is_undone_whole(workspace, lots, pit_and_void):
    pit, void = pit_and_void
    preview = classes.preview_merge(workspace, pit, void)
    assert (preview.images, preview.clusters, preview.frees_key) == ((("W07", 3), ("W08", 2)), 0, 2)
    changes = classes.merge_classes(workspace, preview)
    assert len(changes.changes) == 5
    assert (labelled(workspace, pit.id), labelled(workspace, void.id)) == (0, 6)
    gone = known(workspace, pit.id)
    assert (gone.retired, gone.slot, gone.merged_into) == (True, None, void.id)
    assert workspace.history.verify_audit().ok
    workspace.history.undo("classes")
    assert (labelled(workspace, pit.id), labelled(workspace, void.id)) == (5, 1)
    assert known(workspace, pit.id) == pit
    assert workspace.history.verify_audit().ok


def test_a_merge_takes_clusters_and_exemplars_along(workspace, lots):
    opened = discover_lot_as(workspace, lots[0])
    name_cluster(workspace, opened, opened.stored.clusters[0].id, ClassDraft("Bridge"))
    pinch = workspace.history.add_class("Pinch")
    (bridge,) = [each for each in workspace.history.list_classes() if each.name == "Bridge"]
    preview = classes.preview_merge(workspace, bridge, pinch)
    assert preview.clusters == 1
    classes.merge_classes(workspace, preview)
    stored = read_discovery(workspace, lots[0]).stored
    assert stored.clusters[0].class_id == pinch.id
    assert known(workspace, pinch.id).exemplars == bridge.exemplars


def test_a_lot_s_undo_from_before_a_merge_says_why_it_cannot(workspace, lots, pit_and_void):
    pit, void = pit_and_void
    classes.merge_classes(workspace, classes.preview_merge(workspace, pit, void))
    workspace.history.undo(lots[0])  # Void: untouched by the merge
    with pytest.raises(UserError, match="judged otherwise"):
        workspace.history.undo(lots[0])
    assert labelled(workspace, void.id) == 5


@pytest.mark.parametrize("wrong", ["itself", "retired"])
def test_a_merge_needs_another_class_in_use(workspace, pit_and_void, wrong):
    pit, void = pit_and_void
    classes.retire_class(workspace, void)
    target = pit if wrong == "itself" else known(workspace, void.id)
    with pytest.raises(UserError):
        classes.preview_merge(workspace, pit, target)


def test_a_split_gives_selected_images_a_class_of_their_own(workspace, lots, pit_and_void):
    pit, _ = pit_and_void
    chosen = [item.image_id for item in classes.labelled_items(workspace, pit.id)][1:4]
    classes.split_class(workspace, ClassDraft("Deep pit"), chosen)
    deep = next(each for each in workspace.history.list_classes() if each.name == "Deep pit")
    assert [item.image_id for item in classes.labelled_items(workspace, deep.id)] == chosen
    assert labelled(workspace, pit.id) == 2
    workspace.history.undo("classes")
    assert labelled(workspace, pit.id) == 5
    with pytest.raises(UserError, match="No image"):
        classes.split_class(workspace, ClassDraft("Deep pit"), [])


def test_a_retired_class_comes_back_without_its_key(workspace, pit_and_void):
    pit, _ = pit_and_void
    classes.retire_class(workspace, pit)
    assert known(workspace, pit.id).retired
    classes.unretire_class(workspace, known(workspace, pit.id))
    assert known(workspace, pit.id) == replace(pit, slot=None)


def test_a_class_is_made_and_changed(workspace):
    classes.create_class(workspace, replace(classes.draft_class(workspace, "Bridge"), killer=Killer.YES))
    (bridge,) = workspace.history.list_classes()
    assert bridge.killer is Killer.YES
    classes.change_class(workspace, bridge, replace(bridge, description="metal", code=4))
    assert (known(workspace, bridge.id).description, known(workspace, bridge.id).code) == ("metal", 4)
    assert [event.title for event in classes.class_events(workspace, bridge.id)] == [
        "Make Bridge",
        "Change Bridge",
    ]
