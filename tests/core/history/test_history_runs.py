from dataclasses import replace

import numpy as np

from core.domain.alignment import Alignment
from core.domain.detections import Detection, ModelVerdict
from core.domain.maps import ClassGuess, Region
from core.domain.recipes import Recipe
from core.domain.review import RunState
from core.history import History

RECIPE = Recipe(name="etch", version=3)


def start(history: History, lot_id, model_sha256: str = "e" * 64):
    return history.start_run(
        lot_id, recipe=RECIPE, model_id="ic_defectncd/s", model_sha256=model_sha256, device="cpu"
    )


def test_a_run_keeps_all_that_explains_it(history, lot_id):
    run = history.run(start(history, lot_id))
    assert Recipe.model_validate_json(run.recipe_json) == RECIPE
    assert (run.recipe_name, run.recipe_version, run.recipe_sha256) == ("etch", 3, RECIPE.sha256)
    assert (run.model_id, run.model_sha256, run.device) == ("ic_defectncd/s", "e" * 64, "cpu")
    assert (run.state, run.ended_at_utc, run.app_version) == (RunState.RUNNING, None, "0.1.0")
    assert run.started_at_utc.utcoffset().total_seconds() == 0


def test_a_run_ends_with_a_state_and_a_time(history, lot_id):
    run_id = start(history, lot_id)
    history.finish_run(run_id, RunState.CANCELLED)
    run = history.run(run_id)
    assert run.state is RunState.CANCELLED
    assert run.ended_at_utc >= run.started_at_utc


def test_detections_come_back_exactly(history, lot, lot_id, image_ids, detection):
    run_id = start(history, lot_id)
    found = detection(lot.images[0].name)
    failed = Detection(lot.images[1].name, 0.5, error="The device ran out of memory.")
    history.save_detections(run_id, [(image_ids[0], found, "a.tif", "a.png"), (image_ids[1], failed, "", "")])
    items = history.list_items(lot_id)
    assert (items[0].detection, items[0].run_id) == (found, run_id)
    assert (items[1].detection, items[2].detection) == (failed, None)
    assert history.output_files(image_ids[0]) == ("a.tif", "a.png")
    assert history.output_files(image_ids[1]) is None
    assert history.output_files(image_ids[2]) is None


def test_the_alignment_on_the_reference_comes_back_exactly(history, lot, lot_id, image_ids, detection):
    trusted = Alignment(np.float32(4.25), -23.4, 0.93, 0.12, angle_deg=0.3, scale=1.01, is_by_hand=True)
    lost = Alignment(0.0, 0.0, 0.1, 0.0, is_trusted=False, reason="The reference is blank.")
    found = [
        replace(detection(lot.images[number].name), reference="/ref/a.png", alignment=one)
        for number, one in enumerate((trusted, lost, None))
    ]
    rows = [(image_id, one, "", "") for image_id, one in zip(image_ids, found, strict=False)]
    history.save_detections(start(history, lot_id), rows)
    assert [item.detection for item in history.list_items(lot_id)[:3]] == found


def test_the_class_that_a_model_suggests_comes_back(history, lot, lot_id, image_ids, detection):
    named = replace(detection(lot.images[0].name), guess=ClassGuess("bridge", np.float32(0.875)))
    silent = detection(lot.images[1].name)
    history.save_detections(
        start(history, lot_id), [(image_ids[0], named, "", ""), (image_ids[1], silent, "", "")]
    )
    found = [item.detection.guess for item in history.list_items(lot_id)[:2]]
    assert found == [ClassGuess("bridge", 0.875), None]


def test_numpy_scalars_are_stored_as_plain_numbers(history, lot, lot_id, image_ids):
    region = Region(tuple(np.arange(4)), np.int64(9), (np.float32(1.5), np.float32(2.5)), np.float32(0.25))
    found = Detection(
        lot.images[0].name, np.float32(0.5), np.float32(0.75), ModelVerdict.NG, (region,), np.int64(9)
    )
    history.save_detections(start(history, lot_id), [(image_ids[0], found, "", "")])
    stored = history.list_items(lot_id)[0].detection
    assert stored == found
    assert type(stored.score) is float


def test_the_newest_run_that_reached_an_image_counts(history, lot, lot_id, image_ids, detection):
    first, second = start(history, lot_id), start(history, lot_id)
    old, new = (detection(lot.images[0].name, score=score) for score in (0.6, 0.8))
    history.save_detections(second, [(image_ids[0], new, "new.tif", "new.png")])
    history.save_detections(
        first, [(image_ids[0], old, "old.tif", "old.png"), (image_ids[1], old, "b.tif", "b.png")]
    )
    items = history.list_items(lot_id)
    assert (items[0].detection, items[0].run_id) == (new, second)
    assert items[1].run_id == first
    assert history.output_files(image_ids[0]) == ("new.tif", "new.png")


def test_a_batch_that_is_saved_again_replaces_itself(history, lot, lot_id, image_ids, detection):
    run_id = start(history, lot_id)
    for score in (0.6, 0.7):
        history.save_detections(run_id, [(image_ids[0], detection(lot.images[0].name, score=score), "", "")])
    assert history.list_items(lot_id)[0].detection.score == 0.7


def test_an_empty_batch_is_no_error(history, lot_id):
    history.save_detections(start(history, lot_id), [])
    assert all(item.detection is None for item in history.list_items(lot_id))


def test_a_run_that_was_left_open_is_closed_at_the_next_start(open_history, lot):
    with open_history() as history:
        run_id = start(history, history.add_lot(lot))
    with open_history() as history:
        assert history.run(run_id).state is RunState.FAILED
        assert any("interrupted" in notice for notice in history.notices)
