from dataclasses import replace
from pathlib import Path

from core.domain.decisions import Judgement, Verdict
from core.domain.detections import ModelVerdict
from core.domain.lots import FailedImage, Lot
from core.domain.recipes import Recipe
from core.domain.review import RunState
from core.history import History

REAL = Judgement(Verdict.REAL)


def test_a_lot_comes_back_as_it_was_in_its_order(history, lot, lot_id):
    items = history.list_items(lot_id)
    assert tuple(item.record for item in items) == (*lot.images, *lot.failures)
    assert all(item.detection is None and item.run_id is None and not item.is_decided for item in items)
    assert history.list_lots()[0].source == lot.source


def test_missing_metadata_stays_missing(history, record):
    bare = record("bare.png", pixel_size=None, bit_depth=8)
    full = record("full.png", reference=Path("/ref/golden.png"), label="bridge")
    lot_id = history.add_lot(Lot("meta", Path("/meta"), Path("/meta"), (bare, full)))
    assert [item.record for item in history.list_items(lot_id)] == [bare, full]


def test_the_same_source_is_the_same_lot_and_keeps_its_decisions(history, lot, lot_id, image_ids, change):
    history.apply("Real", [change(image_ids[2], REAL)])
    assert history.add_lot(lot) == lot_id
    items = history.list_items(lot_id)
    assert [item.image_id for item in items] == image_ids
    assert items[2].judgement == REAL


def test_new_images_follow_at_the_end(history, lot, lot_id, image_ids, record):
    first = record("a first by name.tif")
    history.add_lot(replace(lot, images=(first, *lot.images)))
    items = history.list_items(lot_id)
    assert [item.image_id for item in items[:-1]] == image_ids
    assert items[-1].record == first


def test_other_bytes_under_a_name_are_another_image_in_its_place(
    history, lot, lot_id, image_ids, record, change
):
    history.apply("Real", [change(image_ids[1], REAL)])
    retaken = record(lot.images[1].name, sha256="f" * 64)
    history.add_lot(replace(lot, images=(lot.images[0], retaken, *lot.images[2:])))

    items = history.list_items(lot_id)
    assert items[1].record == retaken
    assert items[1].image_id not in image_ids
    assert not items[1].is_decided
    assert [decision.image_id for decision in history.decisions(lot_id)] == [image_ids[1]]

    history.add_lot(lot)  # the first bytes are back, and with them what was decided
    assert [item.image_id for item in history.list_items(lot_id)] == image_ids
    assert history.list_items(lot_id)[1].judgement == REAL


def test_better_metadata_replaces_the_old(history, lot, lot_id, image_ids):
    cropped = replace(lot.images[0], content_height=400, label="pit")
    history.add_lot(replace(lot, images=(cropped, *lot.images[1:])))
    first = history.list_items(lot_id)[0]
    assert (first.image_id, first.record) == (image_ids[0], cropped)


def test_an_image_whose_file_is_gone_stays_and_cleared_junk_goes(history, lot, lot_id, image_ids):
    history.add_lot(replace(lot, images=lot.images[1:], failures=()))
    assert [item.image_id for item in history.list_items(lot_id)] == image_ids[:-1]


def test_a_failed_file_that_was_mended_becomes_an_image(history, lot, lot_id, record):
    mended = record("notes.txt")
    history.add_lot(replace(lot, images=(*lot.images, mended), failures=()))
    assert history.list_items(lot_id)[-1].record == mended
    assert history.list_lots()[0].failed == 0


def test_an_empty_lot(history):
    lot_id = history.add_lot(Lot("none", Path("/none"), Path("/none"), ()))
    assert history.list_items(lot_id) == ()
    assert history.list_lots()[0].images == 0


def test_the_summary_counts(history: History, lot, lot_id, image_ids, change, detection):
    run_id = history.start_run(lot_id, recipe=Recipe(), model_id="m", model_sha256="e" * 64, device="cpu")
    verdicts = (ModelVerdict.OK, ModelVerdict.UNKNOWN, ModelVerdict.NG, ModelVerdict.NG)
    rows = [(i, detection("x", verdict), "", "") for i, verdict in zip(image_ids, verdicts, strict=False)]
    history.save_detections(run_id, rows)
    history.finish_run(run_id, RunState.FINISHED)
    killer_only = Judgement(note="looks odd")
    history.apply("Two", [change(image_ids[0], REAL), change(image_ids[1], killer_only)])
    history.remember_position(lot_id, image_ids[3])

    summary = history.list_lots()[0]
    assert (summary.images, summary.failed) == (6, 1)
    assert (summary.detected, summary.flagged, summary.decided) == (4, 3, 1)
    assert summary.last_image_id == image_ids[3]
    assert summary.source == lot.source


def test_lots_are_listed_newest_opened_first(history, lot, lot_id):
    other = history.add_lot(Lot("W08", Path("/fab/W08"), Path("/fab/W08"), ()))
    assert [summary.id for summary in history.list_lots()] == [other, lot_id]
    history.add_lot(lot)
    assert [summary.id for summary in history.list_lots()] == [lot_id, other]


def test_a_lot_is_found_by_source_before_name(history, lot, lot_id):
    namesake = history.add_lot(Lot("W07", Path("/other/W07"), Path("/other/W07"), ()))
    assert history.find_lot("W07") == namesake
    assert history.find_lot(str(lot.source)) == lot_id
    assert history.find_lot("W09") is None


def test_a_judged_image_whose_file_is_away_is_not_taken_for_another(history, lot, lot_id, image_ids, change):
    history.apply("Real", [change(image_ids[0], REAL)])
    away = FailedImage(Path("/nowhere") / lot.images[0].name, lot.images[0].name, "it is not there")
    history.add_lot(replace(lot, images=lot.images[1:], failures=(away, *lot.failures)))
    first = next(item for item in history.list_items(lot_id) if item.image_id == image_ids[0])
    assert (first.record, first.judgement) == (lot.images[0], REAL)
    assert len(history.list_items(lot_id)) == len(image_ids)
