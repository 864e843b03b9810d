import pytest

from core.domain.decisions import Verdict
from core.domain.errors import UserError
from core.domain.lots import ImageRecord
from core.jobs import JobContext
from core.services.decisions import decide
from core.services.history_search import relocate_lot, search_history
from core.services.lots import find_or_open_lot, list_items, list_lots, open_lot
from core.services.pixels import read_image


@pytest.fixture
def lot_id(workspace, folder):
    lot_id = open_lot(workspace, folder, JobContext())
    decide(workspace, list_items(workspace, lot_id)[:1], verdict=Verdict.REAL, note="bridge", title="Real")
    return lot_id


def readable(workspace, lot_id):
    return [item for item in list_items(workspace, lot_id) if isinstance(item.record, ImageRecord)]


def test_an_image_of_an_old_lot_is_found(workspace, lot_id):
    found = search_history(workspace, "verdict:real bridge", JobContext())
    assert [(hit.lot_id, hit.image_name) for hit in found.hits] == [(lot_id, "a.png")]


def test_a_lot_that_moved_as_a_whole_is_the_same_lot_in_its_new_place(workspace, lot_id, folder, tmp_path):
    moved = tmp_path / "archive" / "moved"
    moved.parent.mkdir()
    folder.rename(moved)
    result = relocate_lot(workspace, lot_id, moved, JobContext())
    assert (result.found, result.in_place, result.missing, result.has_moved) == (3, 0, (), True)
    items = readable(workspace, lot_id)
    assert {item.record.path.parent for item in items} == {moved, moved / "sub"}
    assert [read_image(item.record).shape for item in items] == [(72, 96)] * 3
    assert find_or_open_lot(workspace, str(moved), JobContext()) == lot_id
    assert open_lot(workspace, moved, JobContext()) == lot_id
    assert [lot.decided for lot in list_lots(workspace)] == [1]
    assert workspace.history.verify_audit().ok


def test_scattered_and_renamed_images_are_found_by_their_bytes(workspace, lot_id, folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    (folder / "a.png").rename(elsewhere / "deep" / "renamed.png")
    (folder / "sub" / "b.png").unlink()
    result = relocate_lot(workspace, lot_id, elsewhere, JobContext())
    assert (result.found, result.in_place, result.missing, result.has_moved) == (1, 1, ("sub/b.png",), False)
    first = readable(workspace, lot_id)[0]
    assert (first.record.name, first.judgement.note) == ("a.png", "bridge")
    assert first.record.path == elsewhere / "deep" / "renamed.png"
    assert read_image(first.record).shape == (72, 96)


def test_nothing_is_changed_where_nothing_moved(workspace, lot_id, folder, tmp_path):
    (tmp_path / "empty").mkdir()
    head = workspace.history.verify_audit().head_sha256
    result = relocate_lot(workspace, lot_id, tmp_path / "empty", JobContext())
    assert (result.found, result.in_place, result.missing) == (0, 3, ())
    assert workspace.history.verify_audit().head_sha256 == head


def test_a_place_that_is_another_lots_is_refused(workspace, lot_id, folder, tmp_path):
    moved = tmp_path / "moved"
    folder.rename(moved)
    other = open_lot(workspace, moved, JobContext())
    assert other != lot_id
    with pytest.raises(UserError, match="opened from"):
        relocate_lot(workspace, lot_id, moved, JobContext())
    assert readable(workspace, lot_id)[0].record.path.parent == folder


def test_a_missing_folder_is_a_sentence(workspace, lot_id, tmp_path):
    with pytest.raises(UserError, match="There is no folder"):
        relocate_lot(workspace, lot_id, tmp_path / "none", JobContext())
