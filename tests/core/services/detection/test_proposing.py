"""Thresholds for the recipe in use: from where they come, what they would change, and what holds afterwards."""

import shutil

import pytest

from core.domain.decisions import Verdict
from core.domain.detections import ModelVerdict
from core.domain.errors import UserError
from core.domain.recipes import Recipe, Thresholds
from core.jobs import JobContext
from core.services.decisions import decide
from core.services.detection.lot import detect_lot
from core.services.detection.proposing import propose_from_decided, propose_from_folder, propose_from_weights
from core.services.lots import list_defect_free, list_items, open_lot
from core.services.recipes import current_recipe, keep_recipe
from tests.core.services.own_product import quick_recipe, write_product

OK, UNKNOWN, NG = ModelVerdict.OK, ModelVerdict.UNKNOWN, ModelVerdict.NG


@pytest.fixture
def strict(workspace, tiny_weights):
    """The recipe in use: by its thresholds everything is NG."""
    recipe = quick_recipe(tiny_weights).model_copy(
        update={"thresholds": Thresholds(unknown_at=0.0, ng_at=0.0), "version": 4}
    )
    keep_recipe(workspace, recipe)
    return recipe


@pytest.fixture
def product(tmp_path):
    return write_product(tmp_path / "product", 6)


@pytest.fixture
def lot_id(workspace, product, strict):
    lot_id = open_lot(workspace, product, JobContext())
    detect_lot(workspace, lot_id, current_recipe(workspace), "cpu", JobContext())
    return lot_id


def test_a_folder_gives_thresholds_and_says_what_they_would_change(workspace, lot_id, strict, tmp_path):
    normals = write_product(tmp_path / "normals", 5, seed=3)
    shutil.copy(normals / "stripes0.png", normals / "copy.png")
    proposal = propose_from_folder(workspace, lot_id, normals, "cpu", JobContext())
    assert proposal.now == (0.0, 0.0)
    assert proposal.then == (proposal.recipe.thresholds.unknown_at, proposal.recipe.thresholds.ng_at)
    assert (proposal.recipe.version, len(proposal.scores), proposal.skipped) == (5, 5, 1)
    assert proposal.changes.compared == 6
    assert set(proposal.changes.moves) <= {(NG, OK), (NG, UNKNOWN)}
    assert proposal.changes.changed >= 5
    assert current_recipe(workspace) == strict  # nothing is used before it is accepted


def test_what_was_foretold_comes_true(workspace, lot_id, product):
    proposal = propose_from_folder(workspace, lot_id, product, "cpu", JobContext())
    keep_recipe(workspace, proposal.recipe)
    detect_lot(workspace, lot_id, current_recipe(workspace), "cpu", JobContext())
    verdicts = [item.detection.verdict for item in list_items(workspace, lot_id)]
    for verdict in (OK, UNKNOWN):
        assert verdicts.count(verdict) == proposal.changes.moves.get((NG, verdict), 0)


def test_images_that_were_decided_to_be_free_of_defects_give_thresholds(workspace, lot_id):
    items = list_items(workspace, lot_id)
    with pytest.raises(UserError, match="no defect"):
        propose_from_decided(workspace, lot_id, "cpu", JobContext())
    decide(workspace, items[:3], verdict=Verdict.FALSE, title="False: 3 images")
    decide(workspace, items[3:4], verdict=Verdict.NUISANCE, title="Nuisance")
    assert [record.name for record in list_defect_free(workspace, lot_id)] == [
        item.record.name for item in items[:3]
    ]
    proposal = propose_from_decided(workspace, lot_id, "cpu", JobContext())
    assert len(proposal.scores) == 3


def test_the_weights_own_thresholds_can_be_had_back(workspace, lot_id, every_calibration):
    proposal = propose_from_weights(workspace, lot_id, "cpu", JobContext())
    own = every_calibration["residual"]
    assert proposal.then == (own.unknown_at, own.ng_at)
    assert proposal.recipe.thresholds == Thresholds()
    assert proposal.scores == ()


def test_scores_of_another_detector_are_not_compared(workspace, lot_id, product):
    other = current_recipe(workspace)
    detector = other.detector.model_copy(update={"input_size": 80})
    detect_lot(workspace, lot_id, other.model_copy(update={"detector": detector}), "cpu", JobContext())
    changes = propose_from_folder(workspace, lot_id, product, "cpu", JobContext()).changes
    assert (changes.compared, changes.not_comparable, changes.changed) == (0, 6, 0)


def test_images_that_were_compared_with_a_reference_have_thresholds_of_their_own(workspace, product, strict):
    manifest = product / "lot.csv"
    manifest.write_text("image,reference\nstripes0.png,stripes1.png\nstripes2.png,\n")
    lot_id = open_lot(workspace, manifest, JobContext())
    detect_lot(workspace, lot_id, strict, "cpu", JobContext())
    changes = propose_from_folder(workspace, lot_id, product, "cpu", JobContext()).changes
    assert (changes.compared, changes.not_comparable) == (1, 1)


def test_without_a_lot_there_is_nothing_to_change(workspace, strict, product):
    assert propose_from_folder(workspace, None, product, "cpu", JobContext()).changes.compared == 0


def test_every_version_is_kept_and_the_newest_is_in_use(workspace):
    assert current_recipe(workspace) == Recipe()
    files = [keep_recipe(workspace, Recipe(version=version)) for version in (2, 10)]
    assert current_recipe(workspace).version == 10
    assert [file.name for file in files] == ["recipe-2.json", "recipe-10.json"]
    assert all(file.exists() for file in files)
    with pytest.raises(UserError, match="Version 10"):
        keep_recipe(workspace, Recipe(version=10))


def test_a_damaged_recipe_is_a_sentence(workspace):
    keep_recipe(workspace, Recipe(version=2)).write_text("{")
    with pytest.raises(UserError, match=r"recipe-2\.json"):
        current_recipe(workspace)
