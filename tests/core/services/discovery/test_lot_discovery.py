"""Discovery on a lot of the history, with the real embedding and the real clustering."""

import numpy as np
import pytest

from core.domain.decisions import ClassDraft
from core.domain.errors import JobCancelled, UserError
from core.domain.recipes import Recipe
from core.jobs import CancelToken, JobContext
from core.services.discovery.cluster_naming import name_cluster
from core.services.discovery.lot import discover_lot
from core.services.discovery.stored import read_discovery
from core.services.lots import open_lot
from tests.core.services.discovered_lot import open_detected, write_lot


@pytest.fixture
def lot_id(workspace, tmp_path):
    return open_detected(workspace, tmp_path / "W07")


def test_a_lot_is_grouped_and_a_named_cluster_is_known_the_next_time(workspace, lot_id):
    first_id = discover_lot(workspace, lot_id, Recipe(), "cpu", JobContext())
    opened = read_discovery(workspace, lot_id)
    assert opened.stored.id == first_id
    assert len(opened.stored.crops) == len(opened.unit) == 16
    assert np.allclose(np.linalg.norm(opened.unit, axis=1), 1, atol=1e-5)
    assert opened.stored.count.known == 0
    largest = max(opened.stored.clusters, key=lambda cluster: len(opened.stored.rows_of(cluster.id)))
    named = opened.stored.rows_of(largest.id)
    name_cluster(workspace, opened, largest.id, ClassDraft("Bridge"))
    assert discover_lot(workspace, lot_id, Recipe(), "cpu", JobContext()) != first_id
    again = read_discovery(workspace, lot_id).stored
    (bridge,) = workspace.history.list_classes()
    assert again.count.known == 1
    assert again.clusters[0].class_id == bridge.id
    assert set(named.tolist()) <= set(again.rows_of(again.clusters[0].id).tolist())
    assert workspace.history.verify_audit().ok


def test_a_class_that_was_named_in_one_lot_is_recognised_in_the_next(workspace, lot_id, tmp_path):
    """Both lots show the same spots, so the same embeddings fall together."""
    discover_lot(workspace, lot_id, Recipe(), "cpu", JobContext())
    opened = read_discovery(workspace, lot_id)
    for number, cluster in enumerate(opened.stored.clusters):
        opened = read_discovery(workspace, lot_id, opened)
        name_cluster(workspace, opened, cluster.id, ClassDraft(f"Kind {number}"))
    classes = {known.id for known in workspace.history.list_classes()}
    next_lot = open_detected(workspace, tmp_path / "W08", images=9)
    discover_lot(workspace, next_lot, Recipe(), "cpu", JobContext())
    found = read_discovery(workspace, next_lot).stored
    assert len(found.crops) == 12
    recognised = [cluster for cluster in found.clusters if cluster.class_id in classes]
    assert sum(len(found.rows_of(cluster.id)) for cluster in recognised) >= 9
    assert found.count.known == len(recognised)
    assert found.count.known <= found.count.interval[0] <= found.count.interval[1]


@pytest.mark.parametrize("images", [1, 2])
def test_a_lot_of_hardly_any_crops_is_grouped_too(workspace, tmp_path, images):
    lot_id = open_detected(workspace, tmp_path / "tiny", images)
    discover_lot(workspace, lot_id, Recipe(), "cpu", JobContext())
    assert len(read_discovery(workspace, lot_id).stored.clusters) >= 1


def test_a_lot_that_was_not_measured_says_what_to_do(workspace, tmp_path):
    lot_id = open_lot(workspace, write_lot(tmp_path / "new", 2), JobContext())
    with pytest.raises(UserError, match="no image of this lot has a marked region"):
        discover_lot(workspace, lot_id, Recipe(), "cpu", JobContext())


def test_a_cancelled_discovery_keeps_nothing(workspace, lot_id):
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelled):
        discover_lot(workspace, lot_id, Recipe(), "cpu", JobContext(token))
    assert read_discovery(workspace, lot_id) is None
