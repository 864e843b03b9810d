"""Random work in one lot: every undo finds the state before, every redo the one after, and the audit agrees."""

import random

import numpy as np
import pytest

from core.domain.decisions import ClassDraft, Verdict
from core.domain.errors import UserError
from core.services.decisions import decide
from core.services.discovery import cluster_naming, cluster_work
from core.services.discovery.stored import read_discovery
from core.services.lots import list_items
from tests.core.services.discovered_lot import discover_lot_as, open_detected

STEPS = 40


def picture(workspace, lot_id):
    stored = read_discovery(workspace, lot_id).stored
    judged = {item.image_id: item.judgement for item in list_items(workspace, lot_id)}
    return stored.id, stored.clusters, stored.cluster_ids.tolist(), judged, workspace.history.list_classes()


def take_step(rng, workspace, lot_id, number):
    opened = read_discovery(workspace, lot_id)
    ids = [cluster.id for cluster in opened.stored.clusters]
    one, rows = rng.choice(ids), np.sort(np.array(rng.sample(range(len(opened.unit)), 3)))
    items = rng.sample(list(list_items(workspace, lot_id)), 2)
    classes = [known.id for known in workspace.history.list_classes()]
    steps = [
        lambda: cluster_work.merge_clusters(workspace, opened, rng.sample(ids, min(2, len(ids)))),
        lambda: cluster_work.split_cluster(workspace, opened, one),
        lambda: cluster_work.move_crops(workspace, opened, rows, rng.choice([None, *ids])),
        lambda: cluster_work.set_dismissed(workspace, opened, one, rng.random() < 0.5),
        lambda: cluster_naming.name_cluster(workspace, opened, one, ClassDraft(f"Kind {number}")),
        lambda: cluster_naming.name_as_known(workspace, opened, one, rng.choice(classes)),
        lambda: decide(workspace, items, verdict=rng.choice(list(Verdict)), class_id=None, title="Judge"),
        lambda: discover_lot_as(workspace, lot_id, clusters=rng.choice([2, 3, 4])),
    ]
    try:
        rng.choice(steps)()
    except (
        UserError,
        IndexError,
    ):  # two classes, one crop, no class yet: a step that is refused changes nothing
        return


@pytest.mark.parametrize("seed", [1, 2])
def test_random_work_is_undone_and_redone_step_by_step(workspace, tmp_path, seed):
    rng = random.Random(seed)
    lot_id = open_detected(workspace, tmp_path / "W07", images=6)
    discover_lot_as(workspace, lot_id)
    pictures = [picture(workspace, lot_id)]
    for number in range(STEPS):
        take_step(rng, workspace, lot_id, number)
        now = picture(workspace, lot_id)
        if now != pictures[-1]:
            pictures.append(now)
    assert len(pictures) > STEPS / 3
    undone = list(reversed(pictures[:-1]))
    for before in undone:
        while picture(workspace, lot_id) != before:  # an action may change nothing that is seen
            assert workspace.history.undo(lot_id) is not None
    for after in pictures[1:]:
        while picture(workspace, lot_id) != after:
            assert workspace.history.redo(lot_id) is not None
    assert workspace.history.verify_audit().ok
