import os
import shutil
from pathlib import Path

import pytest

from core.domain.decisions import Killer, Verdict
from core.domain.errors import JobCancelled, UserError
from core.domain.lots import FailedImage
from core.domain.review import Action, RunState
from core.jobs import JobContext
from core.services.decisions import add_class, decide, list_decisions, next_undo, redo, undo
from core.services.demo import write_demo_lot
from core.services.demo_pairs import write_demo_pairs
from core.services.detection.lot import DetectedImage, detect_lot, list_devices
from core.services.lots import find_or_open_lot, list_items, list_lots, open_lot
from core.services.pixels import THUMBNAIL_SIDE, read_image, read_map, read_mask, read_thumbnail
from core.services.reports import export_lot, query_report


@pytest.fixture
def lot_id(workspace, folder):
    return open_lot(workspace, folder, JobContext())


def test_detection_is_kept_and_emitted_image_by_image(workspace, lot_id, recipe):
    ctx = JobContext()
    run_id = detect_lot(workspace, lot_id, recipe, "cpu", ctx)
    emitted = ctx.drain()
    items = [item for item in list_items(workspace, lot_id) if not isinstance(item.record, FailedImage)]
    assert [type(partial) for partial in emitted] == [DetectedImage] * 3
    assert [partial.detection for partial in emitted] == [item.detection for item in items]
    for item in items:
        assert item.run_id == run_id
        assert read_map(workspace, item).shape == read_mask(workspace, item).shape == item.record.size_hw
    run = workspace.history.run(run_id)
    assert (run.state, run.recipe_sha256, run.model_id) == (RunState.FINISHED, recipe.sha256, "tiny")


def put_badly_named(beside, name):
    """A copy of an image in a place whose name is no text."""
    place = Path(os.fsdecode(os.fsencode(beside) + name))
    try:
        place.mkdir()
    except OSError:
        pytest.skip("this file system takes only names that are text")
    return shutil.copy(beside / "a.png", place / "d.png").parent


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_a_name_that_is_no_text_goes_through_history_and_report(workspace, folder, tmp_path):
    put_badly_named(folder, b"/b\xff")
    lot_id = open_lot(workspace, folder, JobContext())
    assert open_lot(workspace, folder, JobContext()) == lot_id
    names = [item.record.name for item in list_items(workspace, lot_id)]
    assert names == ["a.png", "sub/b.png", "sub/c.png", "b\\udcff/d.png", "broken.jpg"]
    report = export_lot(workspace, lot_id, "csv", tmp_path / "lot.csv", JobContext())
    assert "b\\udcff/d.png" in report.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="names are text on Windows")
def test_a_lot_whose_own_name_is_no_text_is_refused_with_a_sentence(workspace, folder):
    badly_named = put_badly_named(folder, b"\xff")
    with pytest.raises(UserError, match="not valid text"):
        open_lot(workspace, badly_named, JobContext())
    with pytest.raises(UserError, match="There is no lot"):
        find_or_open_lot(workspace, "W\udcff", JobContext())


def test_devices_are_listed_by_the_name_that_runs_record(workspace, lot_id, recipe):
    run_id = detect_lot(workspace, lot_id, recipe, "cpu", JobContext())
    assert workspace.history.run(run_id).device == list_devices()["cpu"]


def test_a_stopped_detection_keeps_what_it_measured(workspace, lot_id, recipe):
    class StopAfterOne(JobContext):
        def emit(self, partial):
            super().emit(partial)
            self.token.cancel()

    with pytest.raises(JobCancelled):
        detect_lot(workspace, lot_id, recipe, "cpu", StopAfterOne())
    (measured, *_) = [item for item in list_items(workspace, lot_id) if item.detection is not None]
    assert workspace.history.run(measured.run_id).state is RunState.CANCELLED
    assert list_lots(workspace)[0].detected >= 1


def test_a_decision_changes_what_it_names_and_can_be_taken_back(workspace, lot_id):
    first, second, *_ = list_items(workspace, lot_id)
    bridge = add_class(workspace, "bridge", slot=1)
    decide(workspace, [first, second], verdict=Verdict.REAL, class_id=bridge.id, title="Bridge: 2 images")
    (seen, *_) = list_items(workspace, lot_id)
    decide(workspace, [seen], killer=Killer.YES, note="east edge", title="Killer")
    judged = list_items(workspace, lot_id)[0].judgement
    assert (judged.verdict, judged.class_id, judged.killer, judged.note) == (
        Verdict.REAL,
        bridge.id,
        Killer.YES,
        "east edge",
    )
    undo(workspace)
    assert next_undo(workspace) == Action("Bridge: 2 images", lot_id)
    undo(workspace)
    assert not any(item.is_decided for item in list_items(workspace, lot_id))
    redo(workspace)
    assert sum(item.is_decided for item in list_items(workspace, lot_id)) == 2
    assert len(list_decisions(workspace, first.image_id)) == 5


def test_deciding_what_is_decided_leaves_no_trace(workspace, lot_id):
    (first, *_) = list_items(workspace, lot_id)
    decide(workspace, [first], verdict=Verdict.FALSE, title="False")
    (first, *_) = list_items(workspace, lot_id)
    assert decide(workspace, [first], verdict=Verdict.FALSE, title="False").changes == ()
    assert len(list_decisions(workspace, first.image_id)) == 1


def test_a_lot_is_found_by_name_and_by_path(workspace, folder, lot_id):
    assert find_or_open_lot(workspace, folder.name, JobContext()) == lot_id
    assert find_or_open_lot(workspace, str(folder), JobContext()) == lot_id
    with pytest.raises(UserError, match="no lot"):
        find_or_open_lot(workspace, "lot of tomorrow", JobContext())


def test_a_lot_is_found_however_its_path_is_written(workspace, folder, lot_id, monkeypatch):
    monkeypatch.chdir(folder / "sub")
    assert find_or_open_lot(workspace, "..", JobContext()) == lot_id
    assert find_or_open_lot(workspace, f"{folder}/sub/..", JobContext()) == lot_id
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    assert find_or_open_lot(workspace, f"~/{folder.name}", JobContext()) == lot_id
    folder.rename(folder.with_name("gone"))
    monkeypatch.chdir(folder.parent)
    for gone in (f"~/{folder.name}", f"gone/../{folder.name}"):
        assert find_or_open_lot(workspace, gone, JobContext()) == lot_id


def test_thumbnails_are_kept_and_survive_damage(workspace, lot_id):
    (item, *_) = list_items(workspace, lot_id)
    first = read_thumbnail(workspace, item)
    kept = next((workspace.home / "thumbnails").rglob("*.jpg"))
    kept.write_bytes(b"")
    assert read_thumbnail(workspace, item).shape == first.shape
    assert max(first.shape) <= THUMBNAIL_SIDE
    assert read_image(item.record).shape == item.record.size_hw


def test_a_thumbnail_that_cannot_be_kept_is_still_shown(workspace, lot_id, caplog):
    (workspace.home / "thumbnails").write_text("a file where the folder should be")
    (item, *_) = list_items(workspace, lot_id)
    assert max(read_thumbnail(workspace, item).shape) <= THUMBNAIL_SIDE
    assert "was not kept" in caplog.text


@pytest.mark.parametrize("file_format", ["csv", "html"])
def test_a_report_is_written_of_the_same_totals(workspace, lot_id, recipe, tmp_path, file_format):
    detect_lot(workspace, lot_id, recipe, "cpu", JobContext())
    out = export_lot(
        workspace, lot_id, file_format, tmp_path / "reports" / f"lot.{file_format}", JobContext()
    )
    assert "broken.jpg" in out.read_text(encoding="utf-8-sig")
    totals = query_report(workspace, lot_id, JobContext()).totals
    assert (totals.images, totals.unreadable) == (4, 1)


def test_every_image_of_the_demo_pairs_has_a_reference(workspace, tmp_path):
    lot_id = open_lot(workspace, write_demo_pairs(tmp_path / "pairs", JobContext()), JobContext())
    items = list_items(workspace, lot_id)
    assert [item.reference.name for item in items] == [f"site_{n}_temp.png" for n in range(1, 5)]


def test_the_demo_lot_is_the_same_each_time_and_opens(workspace, tmp_path):
    first, second = (write_demo_lot(tmp_path / name, JobContext()) for name in ("one", "two"))
    files = sorted(path.relative_to(first) for path in first.rglob("*.*"))
    assert all((first / file).read_bytes() == (second / file).read_bytes() for file in files)
    items = list_items(workspace, open_lot(workspace, first, JobContext()))
    assert sum(isinstance(item.record, FailedImage) for item in items) == 1
    assert {item.record.bit_depth for item in items if not isinstance(item.record, FailedImage)} == {8, 16}


def test_classes_are_told_apart_by_colour(workspace):
    colors = [add_class(workspace, name).color for name in ("bridge", "void", "scratch", "particle")]
    assert len(set(colors)) == 4
