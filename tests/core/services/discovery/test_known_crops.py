"""From stored maps to labelled crops, and from a named class to crops that look like it."""

import numpy as np
import pytest

from core.domain.decisions import ClassDraft, Verdict
from core.services.classes.search import find_alike, find_class_hits
from core.services.decisions import decide
from core.services.discovery.cluster_figures import measure_clusters
from core.services.discovery.cluster_naming import name_cluster
from core.services.discovery.known_crops import UNLABELLED, label_known_crops
from core.services.discovery.stored import read_discovery
from core.services.lots import list_items
from tests.core.services.discovered_lot import SPOTS, discover_lot_as, open_detected, table_of


@pytest.fixture
def lot_id(workspace, tmp_path):
    return open_detected(workspace, tmp_path / "W07")


def test_crops_are_cut_from_the_maps_of_the_history(workspace, lot_id):
    table = table_of(workspace, lot_id)
    assert len(table) == 12 + 4
    assert {tuple(box) for box in table.boxes_xywh.tolist()} == set(SPOTS)
    left, top, side = table.squares[0]
    x, y, width, height = table.boxes_xywh[0]
    assert left <= x < x + width <= left + side
    assert top <= y < y + height <= top + side


def test_an_image_that_is_gone_is_passed_over(workspace, lot_id):
    item = list_items(workspace, lot_id)[0]
    item.record.path.unlink()
    assert item.image_id not in table_of(workspace, lot_id).image_ids


def test_labels_are_regions_of_named_clusters_and_images_that_were_called_something(workspace, lot_id):
    opened = discover_lot_as(workspace, lot_id)
    name_cluster(workspace, opened, opened.stored.clusters[1].id, ClassDraft("Pit"))
    pit = workspace.history.list_classes()[0]
    scratch = workspace.history.add_class("Scratch")
    bare = [item for item in list_items(workspace, lot_id) if not item.is_decided]
    decide(workspace, bare[:1], class_id=scratch.id, verdict=Verdict.REAL, title="Scratch")
    decide(workspace, bare[1:2], class_id=scratch.id, verdict=Verdict.NUISANCE, title="Nuisance")
    table = table_of(workspace, lot_id)
    earlier = read_discovery(workspace, lot_id).stored
    known = label_known_crops(list_items(workspace, lot_id), table, earlier)
    assert known.class_ids == (pit.id, scratch.id)
    assert (
        np.flatnonzero(known.labels == 0).tolist()
        == opened.stored.rows_of(opened.stored.clusters[1].id).tolist()
    )
    of_scratched = np.flatnonzero(table.image_ids == bare[0].image_id)
    assert known.labels[of_scratched].tolist().count(1) == 1
    assert known.labels[of_scratched[np.argmax(table.scores[of_scratched])]] == 1
    assert set(known.labels[table.image_ids == bare[1].image_id].tolist()) == {UNLABELLED}


def test_figures_follow_the_clusters(workspace, lot_id):
    opened = discover_lot_as(workspace, lot_id)
    name_cluster(workspace, opened, opened.stored.clusters[0].id, ClassDraft("Bridge"))
    opened = read_discovery(workspace, lot_id, opened)
    figures = measure_clusters(opened.stored, opened.unit)
    named, other, _ = opened.stored.clusters
    assert (figures[named.id].nearest, figures[named.id].nearest_distance) == (None, None)
    assert figures[other.id].nearest == named.class_id
    rows = opened.stored.rows_of(other.id)
    centre = opened.unit[rows].mean(0)
    cosine = opened.unit[rows] @ (centre / np.linalg.norm(centre))
    assert figures[other.id].rows == tuple(rows[np.argsort(-cosine)].tolist())
    assert figures[other.id].spread == pytest.approx(1 - cosine.mean(), abs=1e-5)


def test_alike_are_the_nearest_crops(workspace, lot_id):
    opened = discover_lot_as(workspace, lot_id)
    alike = find_alike(opened, np.array([0]), 4)
    assert alike[0] == 0
    assert set(alike.tolist()) < set(opened.stored.rows_of(opened.stored.clusters[0].id).tolist())


def test_a_class_finds_its_likes_in_an_old_lot(workspace, lot_id, tmp_path):
    old_lot = open_detected(workspace, tmp_path / "W03", images=9)
    old = discover_lot_as(workspace, old_lot, seed=1)
    opened = discover_lot_as(workspace, lot_id)
    name_cluster(workspace, opened, opened.stored.clusters[2].id, ClassDraft("Blister"))
    blister = workspace.history.list_classes()[0]
    hits = find_class_hits(workspace, blister.id)
    in_old = {hit.crop_id for hit in hits if hit.lot_id == old_lot}
    alike = set(old.stored.crop_ids[old.stored.rows_of(old.stored.clusters[2].id)].tolist())
    assert in_old
    assert in_old <= alike
    assert {hit.lot_id for hit in hits} == {old_lot}
    assert [hit.distance for hit in hits] == sorted(hit.distance for hit in hits)


def test_a_class_without_crops_finds_nothing(workspace, lot_id):
    discover_lot_as(workspace, lot_id)
    assert find_class_hits(workspace, workspace.history.add_class("Scratch").id) == ()
