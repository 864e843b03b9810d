"""Two recipes on one lot: the flips are those that two real runs show, and nothing of it is kept."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from core.domain.decisions import Verdict
from core.domain.detections import ModelVerdict
from core.domain.errors import JobCancelled, UserError
from core.domain.maps import ClassGuess
from core.domain.recipe_library import VersionId
from core.domain.recipes import DetectorOptions, Recipe, ReferenceOptions, SegmentationOptions, Thresholds
from core.jobs import CancelToken, JobContext
from core.services.decisions import decide
from core.services.detection.lot import detect_lot
from core.services.lots import list_items, open_lot
from core.services.what_if import FlipColors, compare_recipes_on_lot, read_flip_picture
from tests.core.services.own_product import planted, write_product

OK, NG = ModelVerdict.OK, ModelVerdict.NG
KNN = DetectorOptions(method="patch_knn")
LOOSE = Recipe(name="loose", detector=KNN, thresholds=Thresholds(unknown_at=2.0, ng_at=2.0))
STRICT = Recipe(name="strict", version=2, detector=KNN, thresholds=Thresholds(unknown_at=0.0, ng_at=0.0))
OTHER = Recipe(name="other", detector=DetectorOptions(method="derivative_knn"))
COLORS = FlipColors((255, 0, 0), (0, 255, 0))


@pytest.fixture
def product(tmp_path):
    folder = write_product(tmp_path / "product", 3, draw=planted)
    return write_product(folder, 1)


@pytest.fixture
def lot_id(workspace, product):
    return open_lot(workspace, product, JobContext())


def compare(workspace, lot_id, before, after, ctx=None):
    return compare_recipes_on_lot(workspace, lot_id, before, after, "cpu", ctx or JobContext())


def detect_named(workspace, lot_id, recipe, names):
    """Run a recipe, and store its results with a class each, as a few-shot model's are."""
    detect_lot(workspace, lot_id, recipe, "cpu", JobContext())
    for item, name in zip(list_items(workspace, lot_id), names, strict=True):
        named = replace(item.detection, guess=ClassGuess(name, 0.9))
        files = workspace.history.output_files(item.image_id)
        workspace.history.save_detections(item.run_id, [(item.image_id, named, *files)])


def mask_of(opinion):
    return cv2.imdecode(np.frombuffer(opinion.mask_png, np.uint8), cv2.IMREAD_GRAYSCALE) > 0


def state_of(workspace, lot_id):
    history = workspace.history
    return history.list_items(lot_id), history.decisions(lot_id), history.verify_audit().head_sha256


def test_the_flips_are_counted_and_shown_with_both_masks(workspace, lot_id):
    found = compare(workspace, lot_id, LOOSE, STRICT)
    assert (found.before, found.after) == (VersionId("loose", 1), VersionId("strict", 2))
    assert dict(found.counts) == {(OK, NG): 4}
    assert (found.compared, found.failed, found.reused) == (4, 0, 0)
    assert [flip.record.name for flip in found.flips] == [
        item.record.name for item in list_items(workspace, lot_id)
    ]
    for flip in found.flips:
        assert flip.move == (OK, NG)
        assert flip.before.score == flip.after.score
        assert not mask_of(flip.before).any()
    assert any(mask_of(flip.after).any() for flip in found.flips)


@pytest.mark.parametrize(("before", "after"), [(LOOSE, STRICT), (STRICT, OTHER)])
def test_what_was_foretold_is_what_two_runs_find(workspace, lot_id, before, after):
    foretold = compare(workspace, lot_id, before, after)
    detections = []
    for recipe in (before, after):
        detect_lot(workspace, lot_id, recipe, "cpu", JobContext())
        items = list_items(workspace, lot_id)
        detections.append([item.detection for item in items])
    pairs = [(one.verdict, other.verdict) for one, other in zip(*detections, strict=True)]
    assert {move: pairs.count(move) for move in pairs} == dict(foretold.counts)
    assert foretold.flips
    again = compare(workspace, lot_id, before, after)
    assert again.reused == 8
    assert [flip.move for flip in again.flips] == [flip.move for flip in foretold.flips]
    for flip, fresh in zip(again.flips, foretold.flips, strict=True):
        np.testing.assert_array_equal(mask_of(flip.before), mask_of(fresh.before))
        np.testing.assert_array_equal(mask_of(flip.after), mask_of(fresh.after))


def test_a_stored_map_serves_other_thresholds_and_mask_rules(workspace, lot_id):
    detect_lot(workspace, lot_id, LOOSE, "cpu", JobContext())
    larger = STRICT.model_copy(update={"segmentation": SegmentationOptions(min_area_px=10_000)})
    found = compare(workspace, lot_id, larger, LOOSE)
    assert (found.reused, found.compared) == (8, 4)
    assert dict(found.counts) == {(NG, OK): 4}
    assert not any(mask_of(flip.before).any() for flip in found.flips)


def test_nothing_of_it_reaches_the_history(workspace, lot_id):
    detect_lot(workspace, lot_id, LOOSE, "cpu", JobContext())
    decide(workspace, list_items(workspace, lot_id)[:1], verdict=Verdict.REAL, title="Real")
    before = state_of(workspace, lot_id)
    compare(workspace, lot_id, LOOSE, OTHER)
    assert state_of(workspace, lot_id) == before


def test_a_recipe_against_itself_flips_nothing(workspace, lot_id):
    found = compare(workspace, lot_id, STRICT, STRICT)
    assert (found.flips, dict(found.counts)) == ((), {(NG, NG): 4})


def test_images_that_keep_their_verdict_and_get_another_class_are_shown(workspace, lot_id):
    always_too = STRICT.model_copy(update={"name": "always", "detector": OTHER.detector})
    detect_named(workspace, lot_id, STRICT, ("bridge", "bridge", "normal", "bridge"))
    detect_named(workspace, lot_id, always_too, ("void", "bridge", "void", "normal"))
    found = compare(workspace, lot_id, STRICT, always_too)
    assert (found.reused, dict(found.counts), found.renamed) == (8, {(NG, NG): 4}, 1)
    (flip,) = found.flips
    assert (flip.before.class_name, flip.after.class_name) == ("bridge", "void")


def test_comparisons_with_a_reference_follow_their_own_thresholds(workspace, product):
    manifest = product / "lot.csv"
    manifest.write_text("image,reference\nplanted0.png,stripes0.png\nplanted1.png,\n")
    lot_id = open_lot(workspace, manifest, JobContext())
    blind = LOOSE.model_copy(
        update={"reference": ReferenceOptions(thresholds=Thresholds(unknown_at=2.0, ng_at=2.0))}
    )
    sharp = LOOSE.model_copy(
        update={"reference": ReferenceOptions(thresholds=Thresholds(unknown_at=0.0, ng_at=0.0))}
    )
    found = compare(workspace, lot_id, blind, sharp)
    assert [flip.record.name for flip in found.flips] == ["planted0.png"]
    detect_lot(workspace, lot_id, sharp, "cpu", JobContext())
    assert compare(workspace, lot_id, blind, sharp).reused == 4
    alone = sharp.model_copy(update={"reference": ReferenceOptions(mode="off")})
    assert compare(workspace, lot_id, alone, sharp).reused == 2


def test_an_image_that_is_gone_is_counted_and_the_rest_goes_on(workspace, lot_id, product):
    (product / "planted1.png").unlink()
    found = compare(workspace, lot_id, LOOSE, STRICT)
    assert (found.compared, found.failed) == (3, 1)


def test_it_stops_when_it_is_asked_to(workspace, lot_id):
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelled):
        compare(workspace, lot_id, LOOSE, OTHER, JobContext(token))


def test_a_lot_without_images_is_a_sentence(workspace, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "broken.png").write_bytes(b"\x89PNG")
    lot_id = open_lot(workspace, tmp_path / "empty", JobContext())
    with pytest.raises(UserError, match="no readable image"):
        compare(workspace, lot_id, LOOSE, STRICT)


def test_the_picture_shows_the_image_twice_with_an_outline_each(workspace, lot_id):
    flips = compare(workspace, lot_id, LOOSE, STRICT).flips
    marked = next(flip for flip in flips if mask_of(flip.after).any())
    picture = read_flip_picture(marked, COLORS)
    height, width = marked.record.size_hw
    assert picture.shape == (height, 2 * width + 4, 3)
    green = (picture == (0, 255, 0)).all(axis=2)
    assert green[:, width + 4 :].any()
    assert not green[:, :width].any()
    assert not (picture == (255, 0, 0)).all(axis=2).any()
