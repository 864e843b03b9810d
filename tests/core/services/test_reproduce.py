"""A decision's detection is run again, or it is said why that cannot be."""

import shutil
import sqlite3

import cv2
import numpy as np
import pytest

from core.cli.main import main
from core.domain.decisions import Verdict
from core.domain.errors import UserError
from core.domain.ids import DecisionId
from core.domain.recipes import DetectorOptions, Recipe, Thresholds
from core.jobs import JobContext
from core.services.decisions import decide
from core.services.detection.lot import detect_lot
from core.services.lots import list_items, open_lot
from core.services.reproduce import reproduce_decision
from core.services.workspace import Workspace
from tests.core.services.own_product import planted, quick_recipe, write_product

PEER = Recipe(name="peer", version=3, detector=DetectorOptions(method="patch_knn"))


@pytest.fixture
def product(tmp_path):
    return write_product(tmp_path / "product", 2, draw=planted)


def decided(workspace, product, recipe):
    """The number of a decision on the first image, after a detection."""
    lot_id = open_lot(workspace, product, JobContext())
    detect_lot(workspace, lot_id, recipe, "cpu", JobContext())
    item = list_items(workspace, lot_id)[0]
    decide(workspace, [item], verdict=Verdict.REAL, title="Real")
    return workspace.history.decisions(lot_id)[-1].id


def again(workspace, decision_id):
    return reproduce_decision(workspace, decision_id, "cpu", JobContext())


def test_the_score_is_the_same(workspace, product):
    number = decided(workspace, product, PEER)
    audited = workspace.history.verify_audit().head_sha256
    found = again(workspace, number)
    assert found.agrees
    assert found.then.score == pytest.approx(found.now.score, abs=1e-9)
    assert found.then.regions == found.now.regions
    assert (found.run.recipe_name, found.run.recipe_version) == ("peer", 3)
    assert workspace.history.verify_audit().head_sha256 == audited  # nothing was written


def test_what_was_shown_counts_not_what_was_found_since(workspace, product):
    number = decided(workspace, product, PEER)
    other = PEER.model_copy(update={"detector": DetectorOptions(method="derivative_knn")})
    (lot,) = workspace.history.list_lots()
    detect_lot(workspace, lot.id, other, "cpu", JobContext())
    found = again(workspace, number)
    assert found.agrees
    assert found.run.model_id != workspace.history.run(list_items(workspace, lot.id)[0].run_id).model_id


def test_an_image_that_was_moved_is_found_by_its_bytes(workspace, product, tmp_path):
    number = decided(workspace, product, PEER)
    moved = tmp_path / "archive"
    shutil.move(product, moved)
    with pytest.raises(UserError, match="no longer at"):
        again(workspace, number)
    open_lot(workspace, moved, JobContext())
    assert again(workspace, number).agrees


def test_an_image_with_other_bytes_is_not_taken_for_it(workspace, product):
    number = decided(workspace, product, PEER)
    changed = np.zeros((96, 112), np.uint8)
    (product / "planted0.png").write_bytes(cv2.imencode(".png", changed)[1].tobytes())
    with pytest.raises(UserError, match="SHA-256"):
        again(workspace, number)


def test_other_weights_are_refused(workspace, product, tiny_weights, tmp_path):
    weights = tmp_path / "own.safetensors"
    shutil.copy(tiny_weights, weights)
    number = decided(workspace, product, quick_recipe(weights))
    assert again(workspace, number).agrees
    weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\x80\x3f")
    with pytest.raises(UserError, match="not those of the decision"):
        again(workspace, number)
    weights.unlink()
    with pytest.raises(UserError):
        again(workspace, number)


def test_a_comparison_is_made_with_the_reference_of_that_time(workspace, product):
    (product / "lot.csv").write_text("image,reference\nplanted0.png,planted1.png\n")
    number = decided(workspace, product / "lot.csv", PEER)
    found = again(workspace, number)
    assert found.then.reference
    assert found.agrees
    assert found.then.alignment == found.now.alignment


@pytest.fixture
def mutual(tiny_weights):
    """Judges the images of a lot by each other."""
    detector = quick_recipe(tiny_weights, evidence=("matching",)).detector
    return Recipe(detector=detector.model_copy(update={"mutual_images": 3, "mutual_weight": 1.0}))


def test_a_lot_that_judges_its_images_by_each_other_is_met_again(workspace, tmp_path, mutual):
    number = decided(workspace, write_product(tmp_path / "lot", 3, draw=planted), mutual)
    assert again(workspace, number).agrees


def test_an_image_that_is_measured_again_is_judged_by_the_whole_lot_too(workspace, tmp_path, mutual):
    number = decided(workspace, write_product(tmp_path / "lot", 3, draw=planted), mutual)
    (lot,) = workspace.history.list_lots()
    item = list_items(workspace, lot.id)[0]
    detect_lot(workspace, lot.id, mutual, "cpu", JobContext(), only=[item.image_id])
    again_measured = list_items(workspace, lot.id)[0]
    assert again_measured.run_id != item.run_id
    assert again_measured.detection.score == pytest.approx(again(workspace, number).now.score, abs=1e-6)


def test_decisions_without_evidence_cannot_be_reproduced(workspace, product):
    lot_id = open_lot(workspace, product, JobContext())
    decide(workspace, list_items(workspace, lot_id)[:1], verdict=Verdict.REAL, title="Real")
    with pytest.raises(UserError, match="Nothing had been detected"):
        again(workspace, workspace.history.decisions(lot_id)[-1].id)
    with pytest.raises(UserError, match="no decision 99"):
        again(workspace, DecisionId(99))


def test_the_command_prints_both_scores_and_ends_by_what_it_found(product, capsys, monkeypatch, tmp_path):
    strict = PEER.model_copy(update={"thresholds": Thresholds(ng_at=0.0, unknown_at=0.0)})
    monkeypatch.setenv("RESIDUA_HOME", str(tmp_path / "home"))
    with Workspace.open(reviewer="mei") as workspace:
        number = decided(workspace, product, strict)
    assert main(["reproduce", str(number), "--device", "cpu"]) == 0
    printed = capsys.readouterr().out
    assert "recipe   peer, version 3" in printed
    assert "The score is the same" in printed
    assert printed.count(", NG, Residua") == 2
    shutil.move(product, tmp_path / "elsewhere")
    assert main(["reproduce", str(number), "--device", "cpu"]) == 2
    assert "no longer at" in capsys.readouterr().err


def test_another_score_is_told_and_ends_with_one(product, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("RESIDUA_HOME", str(tmp_path / "home"))
    with Workspace.open(reviewer="mei") as workspace:
        number = decided(workspace, product, PEER)
    with sqlite3.connect(tmp_path / "home" / "history.sqlite") as connection:
        connection.execute("UPDATE predictions SET score = score - 0.0002")
    connection.close()
    assert main(["reproduce", str(number), "--device", "cpu"]) == 1
    assert "NOT the same: it differs by 0.0002" in capsys.readouterr().out
