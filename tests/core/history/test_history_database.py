import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.domain.decisions import UNDECIDED, Judgement, Verdict
from core.domain.errors import UserError
from core.domain.review import JudgementChange
from core.history.database import wal_reset_notice

REAL, FALSE = Judgement(Verdict.REAL), Judgement(Verdict.FALSE)


def test_the_writer_is_durable_and_checks_references(history):
    with history._database.write() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_readers_cannot_write(history):
    with history._database.read() as connection, pytest.raises(Exception, match="readonly"):
        connection.exec_driver_sql("DELETE FROM lots")


def test_four_threads_never_see_a_busy_database(history, lot, lot_id, image_ids):
    start = threading.Barrier(4)

    def triage(image_id) -> None:
        start.wait()
        judged = UNDECIDED
        for number in range(200):
            after = REAL if judged != REAL else FALSE
            history.apply(f"{image_id}/{number}", [JudgementChange(image_id, judged, after)])
            judged = after
            if number % 10 == 0:
                assert history.list_items(lot_id)[image_ids.index(image_id)].judgement == judged

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(triage, image_ids[:4]))
    assert len(history.decisions(lot_id)) == 800
    assert history.verify_audit().ok


def test_a_full_disk_is_a_sentence_and_loses_nothing(history, lot_id, image_ids, change):
    history.apply("Before", [change(image_ids[0], REAL)])
    set_page_limit(history, 1)  # SQLite takes the present size for the least possible
    with pytest.raises(UserError, match="disk is full"):
        history.apply("Long", [change(image_ids[1], Judgement(Verdict.REAL, note="x" * 500_000))])
    assert len(history.decisions(lot_id)) == 1
    set_page_limit(history, 1_000_000)
    history.apply("Again", [change(image_ids[1], Judgement(Verdict.REAL, note="x" * 500_000))])
    assert [item.is_decided for item in history.list_items(lot_id)[:3]] == [True, True, False]
    assert history.verify_audit().ok


def set_page_limit(history, pages: int) -> None:
    with history._database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()


def test_a_read_only_file_is_a_sentence(history, lot_id, image_ids, change):
    with history._database.write() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(UserError, match="cannot be written"):
        history.apply("Real", [change(image_ids[0], REAL)])
    assert history.decisions(lot_id) == ()


def test_a_damaged_file_is_a_sentence(history_file, open_history, lot):
    with open_history() as history:
        lot_id = history.add_lot(lot)
    content = bytearray(history_file.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    history_file.write_bytes(content)
    with pytest.raises(UserError, match=r"damaged.*RESIDUA_HOME"), open_history() as history:
        history.list_items(lot_id)


def test_a_file_that_is_no_database_is_a_sentence_and_stays(history_file, open_history):
    history_file.parent.mkdir()
    history_file.write_text("a letter" * 1000)
    with pytest.raises(UserError, match=r"not a history.*RESIDUA_HOME"):
        open_history()
    assert history_file.read_text() == "a letter" * 1000


def test_a_closed_history_does_not_open_itself_again(open_history, lot):
    history = open_history()
    history.close()
    with pytest.raises(RuntimeError, match="closed"):
        history.list_lots()
    with pytest.raises(RuntimeError, match="closed"):
        history.add_lot(lot)


def test_a_closed_history_is_one_file(history_file, open_history, lot):
    with open_history() as history:
        history.add_lot(lot)
    assert sorted(path.name for path in history_file.parent.iterdir()) == [
        "history.sqlite",
        "history.sqlite.lock",
    ]


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_sqlite_versions_with_the_wal_reset_bug_are_noticed(version, affected):
    notice = wal_reset_notice(version)
    assert (notice is not None) == affected
