import sqlite3
from contextlib import closing

import numpy as np
import pytest

from core.domain.decisions import Judgement, Verdict
from core.domain.errors import UserError
from core.domain.recipes import Recipe
from core.history import MapStore
from core.history.health import check_history, repair_history, verify_file
from core.history.migrations import MIGRATIONS, migrate


@pytest.fixture
def maps(tmp_path):
    return MapStore(tmp_path / "maps")


@pytest.fixture
def kept(open_history, lot, maps, detection, change, history_file):
    """A closed history with a measured and decided lot; the names of one image's map and mask."""
    mask = np.zeros((8, 8), bool)
    files = maps.save_map(mask.astype(np.float32)), maps.save_mask(mask)
    with open_history() as history:
        lot_id = history.add_lot(lot)
        ids = [item.image_id for item in history.list_items(lot_id)]
        run_id = history.start_run(
            lot_id, recipe=Recipe(), model_id="m", model_sha256="ab" * 32, device="cpu"
        )
        history.save_detections(run_id, [(ids[0], detection("a"), *files)])
        history.apply("Real", [change(ids[0], Judgement(Verdict.REAL))])
    return files


def path_of(maps, name):
    return maps.folder / name[:2] / name


def test_a_sound_history(kept, history_file, maps):
    found = check_history(history_file, maps.folder)
    assert found.is_sound
    assert found.faults == ()
    assert (found.schema, found.audit.rows) == (len(MIGRATIONS), 3)


def test_a_history_in_use_can_be_checked_and_verified(history, lot_id, history_file, maps):
    assert check_history(history_file, maps.folder).is_sound
    assert verify_file(history_file).rows == 1


def test_missing_and_damaged_results_are_listed_with_their_image(kept, history_file, maps):
    path_of(maps, kept[0]).unlink()
    path_of(maps, kept[1]).write_bytes(b"something else")
    found = check_history(history_file, maps.folder)
    assert not found.is_sound
    assert found.missing == ((kept[0], "W07: die 0/µ0.tif"),)
    assert found.broken == ((kept[1], "W07: die 0/µ0.tif"),)


def test_repair_clears_the_way_for_measuring_again(kept, history_file, maps):
    whole = path_of(maps, kept[1]).read_bytes()
    path_of(maps, kept[1]).write_bytes(bytes(len(whole)))  # of the same size, so it would be taken for good
    partial = path_of(maps, kept[0]).with_name("x.1.partial")
    partial.write_bytes(b"half")
    done = repair_history(history_file, maps.folder, check_history(history_file, maps.folder))
    assert len(done) == 2
    assert not partial.exists()
    assert maps.save_mask(np.zeros((8, 8), bool)) == kept[1]
    assert check_history(history_file, maps.folder).is_sound


def test_repair_folds_a_log_that_was_left_behind(history, lot_id, history_file, maps, tmp_path):
    died = tmp_path / "died" / "history.sqlite"
    died.parent.mkdir()
    for suffix in ("", "-wal"):
        source = history_file.with_name(f"{history_file.name}{suffix}")
        died.with_name(f"{died.name}{suffix}").write_bytes(source.read_bytes())
    found = check_history(died, maps.folder)
    assert found.wal_bytes > 0
    assert "write-ahead log" in repair_history(died, maps.folder, found)[0]
    with closing(sqlite3.connect(died)) as connection:
        assert connection.execute("SELECT count(*) FROM lots").fetchone() == (1,)


def test_a_damaged_index_is_found_and_built_anew(kept, history_file, maps):
    with closing(sqlite3.connect(history_file)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'decisions_of_image'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(history_file.read_bytes())
    page = slice((root - 1) * size, root * size)
    empty = bytearray(size)
    empty[0], empty[5:7] = 10, size.to_bytes(2, "big") if size < 65536 else b"\0\0"  # a leaf without entries
    content[page] = empty
    history_file.write_bytes(content)
    found = check_history(history_file, maps.folder)
    assert found.damage
    assert "Restore a backup" in found.advice
    assert "indices" in repair_history(history_file, maps.folder, found)[0]
    assert check_history(history_file, maps.folder).is_sound


def test_dangling_rows_are_found(kept, history_file, maps):
    with closing(sqlite3.connect(history_file)) as connection, connection:
        connection.execute("UPDATE images SET lot_id = 99")
    assert check_history(history_file, maps.folder).dangling == ("images",)


def test_a_changed_audit_row_makes_it_unsound(kept, history_file, maps):
    with closing(sqlite3.connect(history_file)) as connection, connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET actor = 'nobody' WHERE id = 2")
    found = check_history(history_file, maps.folder)
    assert not found.is_sound
    assert found.faults == ("The audit chain is broken: Audit row 2 was changed.",)
    assert verify_file(history_file).first_bad_row == 2


def test_repair_leaves_an_open_history_alone(history, lot_id, history_file, maps):
    found = check_history(history_file, maps.folder)
    with pytest.raises(UserError, match="in use"):
        repair_history(history_file, maps.folder, found)


def test_an_older_history_is_checked_as_far_as_it_goes_and_not_called_sound(tmp_path, maps):
    file = tmp_path / "old.sqlite"
    migrate(file, MIGRATIONS[:2], app_version="1")
    found = check_history(file, maps.folder)
    assert (found.is_sound, found.schema, found.audit) == (False, 2, None)
    assert "older Residua (schema 2)" in " ".join(found.faults)
    assert "Open the history once" in found.advice
    with pytest.raises(UserError, match="has schema 2"):
        verify_file(file)


def test_what_is_no_history(tmp_path, maps):
    other = tmp_path / "notes.sqlite"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE notes (text TEXT)")
    with pytest.raises(UserError, match="is no history"):
        check_history(other, maps.folder)
    with pytest.raises(UserError, match="There is no history"):
        check_history(tmp_path / "none.sqlite", maps.folder)
