import sqlite3
import threading
from contextlib import closing

import pytest

from core.domain.decisions import Judgement, Verdict
from core.domain.errors import UserError
from core.history import History
from core.history.backup import back_up, list_backups, restore, save_copy
from core.history.migrations import MIGRATIONS, Migration, migrate

NEWEST = len(MIGRATIONS)
REAL = Judgement(Verdict.REAL)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


def decided(file):
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute("SELECT count(*) FROM decisions").fetchone()[0]


def die_open(history_file, folder):
    """The history as a process leaves it that is killed while it has it open: what it wrote last stands in the WAL."""
    died = folder / "history.sqlite"
    folder.mkdir()
    for suffix in ("", "-wal"):
        source = history_file.with_name(f"{history_file.name}{suffix}")
        died.with_name(f"{died.name}{suffix}").write_bytes(source.read_bytes())
    return died


def test_a_backup_of_an_open_history_holds_all_that_was_committed(
    history, history_file, image_ids, change, folder
):
    history.apply("Real", [change(image_ids[0], REAL)])
    copy = back_up(history_file, folder)
    history.apply("Real", [change(image_ids[1], REAL)])
    assert (decided(copy), decided(history_file)) == (1, 2)
    assert [path.name for path in folder.iterdir()] == [copy.name]


def test_backups_under_writing_are_whole(history, history_file, image_ids, change, folder):
    stop = threading.Event()

    def write():
        before, after = Judgement(), REAL
        while not stop.is_set():
            history.apply("On", [change(image_ids[0], after, before)])
            before, after = after, Judgement(Verdict.FALSE) if after is REAL else REAL

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [back_up(history_file, folder) for _ in range(5)]
    finally:
        stop.set()
        writer.join()
    counts = [decided(copy) for copy in copies]
    assert counts == sorted(counts)
    assert counts[-1] <= decided(history_file)
    for copy in copies:
        with History.open(copy, reviewer="mei", app_version="1") as kept:
            assert kept.verify_audit().ok


def test_the_oldest_backups_make_room(history, history_file, folder):
    copies = [back_up(history_file, folder, keep=3) for _ in range(5)]
    assert list_backups(history_file, folder) == copies[:1:-1]
    foreign = folder / "history.mine.sqlite"
    foreign.write_bytes(b"not ours")
    back_up(history_file, folder, keep=1)
    assert foreign.exists()


def test_changes_alone_are_backed_up(open_history, lot, folder):
    with open_history() as history:
        assert history.back_up_changes(folder) is None
        history.add_lot(lot)
        assert history.back_up_changes(folder) is not None
        assert history.back_up_changes(folder) is None
    with open_history() as history:
        assert history.back_up_changes(folder) is None


def test_a_restored_backup_is_what_it_was_and_the_replaced_history_is_kept(
    open_history, history_file, lot, change, folder
):
    with open_history() as history:
        ids = [item.image_id for item in history.list_items(history.add_lot(lot))]
        copy = back_up(history_file, folder)
        history.apply("Real", [change(ids[0], REAL)])
    replaced = restore(copy, history_file, NEWEST)
    assert (decided(history_file), decided(replaced)) == (0, 1)
    with open_history() as history:
        assert history.verify_audit().ok
    assert copy.exists()


def test_a_wal_that_was_left_behind_goes_with_the_replaced_history(
    open_history, history_file, lot, change, folder, tmp_path
):
    with open_history() as history:
        ids = [item.image_id for item in history.list_items(history.add_lot(lot))]
        copy = back_up(history_file, folder)
        history.apply("Real", [change(ids[0], REAL)])
        died = die_open(history_file, tmp_path / "died")
    assert died.with_name("history.sqlite-wal").stat().st_size > 0
    replaced = restore(copy, died, NEWEST)
    assert not died.with_name("history.sqlite-wal").exists()
    assert (decided(died), decided(replaced)) == (0, 1)


def test_a_history_that_is_damaged_beyond_opening_is_replaced_too(open_history, history_file, lot, folder):
    with open_history() as history:
        history.add_lot(lot)
        copy = back_up(history_file, folder)
    history_file.write_bytes(b"damaged")
    assert restore(copy, history_file, NEWEST).read_bytes() == b"damaged"
    with open_history() as history:
        assert len(history.list_lots()) == 1


def test_nothing_to_replace(history, history_file, folder, tmp_path):
    copy = back_up(history_file, folder)
    assert restore(copy, tmp_path / "elsewhere" / "history.sqlite", NEWEST) is None


def test_a_history_in_use_is_not_replaced(history, history_file, lot_id, folder):
    copy = back_up(history_file, folder)
    with pytest.raises(UserError, match="in use"):
        restore(copy, history_file, NEWEST)
    assert len(history.list_lots()) == 1


def test_a_backup_of_a_newer_program_is_refused(open_history, history_file, folder):
    open_history().close()
    copy = back_up(history_file, folder)
    later = Migration(NEWEST + 1, "later", lambda connection: None)
    migrate(copy, (*MIGRATIONS, later), app_version="9")
    before = history_file.read_bytes()
    with pytest.raises(UserError, match="newer Residua"):
        restore(copy, history_file, NEWEST)
    assert history_file.read_bytes() == before


@pytest.mark.parametrize("content", [None, b"", b"no database at all", "cut"])
def test_what_is_no_whole_backup_is_refused(open_history, history_file, lot, tmp_path, content):
    with open_history() as history:
        history.add_lot(lot)
    backup = tmp_path / "backup.sqlite"
    if content == "cut":
        save_copy(history_file, backup)
        whole = backup.read_bytes()
        backup.write_bytes(whole[: len(whole) // 2])
    elif content is not None:
        backup.write_bytes(content)
    before = history_file.read_bytes()
    with pytest.raises(UserError):
        restore(backup, history_file, NEWEST)
    assert history_file.read_bytes() == before


@pytest.mark.parametrize("where", ["folder", "file/copy.sqlite"])
def test_a_place_that_takes_no_copy_is_named_and_not_the_history(history, history_file, tmp_path, where):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UserError, match=f"The backup .*{where} cannot be written"):
        save_copy(history_file, tmp_path / where)


def test_no_history_makes_no_backup(tmp_path, folder):
    with pytest.raises(UserError, match="There is no history"):
        back_up(tmp_path / "history.sqlite", folder)
    assert not (tmp_path / "history.sqlite").exists()


def test_a_restore_that_fails_half_way_leaves_every_decision_where_it_was(
    open_history, history_file, lot, change, folder, tmp_path, monkeypatch
):
    with open_history() as history:
        ids = [item.image_id for item in history.list_items(history.add_lot(lot))]
        copy = back_up(history_file, folder)
        history.apply("Real", [change(ids[0], REAL)])
        died = die_open(history_file, tmp_path / "died")

    def full(*_: object) -> None:
        raise UserError("The disk is full.")

    monkeypatch.setattr("core.history.backup.copy_database", full)
    with pytest.raises(UserError):
        restore(copy, died, NEWEST)
    assert decided(died) == 1
