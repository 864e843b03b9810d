import sqlite3
from contextlib import closing
from datetime import date

import pytest

from core.domain.dispositions import DispositionDraft, DispositionWord
from core.domain.errors import UserError
from core.domain.ids import DispositionId, LotId
from core.history import History
from core.history.dispositions import newest


@pytest.fixture
def as_reviewer(history_file):
    """Opens the history as somebody."""
    return lambda name: History.open(history_file, reviewer=name, app_version="0.1.0")


@pytest.fixture
def lot_id(as_reviewer, lot):
    with as_reviewer("mei") as history:
        return history.add_lot(lot)


def hold(lot_id, **changes):
    values = {"reason": "bridges on M1", "owner": "H. Sato", "due": date(2026, 4, 1)}
    return DispositionDraft(lot_id, DispositionWord.HOLD, **(values | changes))


def test_a_disposition_is_in_force_once_a_second_person_signed(as_reviewer, lot_id):
    with as_reviewer("mei") as history:
        signed = history.dispositions.sign(hold(lot_id, reason="  bridges on M1 "))
        assert (signed.given, signed.signed.reviewer, signed.is_in_force) == (hold(lot_id), "mei", False)
    with as_reviewer("A. Lindqvist") as history:
        countersigned = history.dispositions.countersign(signed.id)
        assert (countersigned.is_in_force, countersigned.countersigned.reviewer) == (True, "A. Lindqvist")
        assert history.dispositions.list_of_lot(lot_id) == (countersigned,)
        assert history.verify_audit().ok


@pytest.mark.parametrize("name", ["mei", "Mei", " m e i", "MEI "])
def test_the_second_person_is_another_one(as_reviewer, lot_id, name):
    with as_reviewer("mei") as history:
        signed = history.dispositions.sign(hold(lot_id))
    with as_reviewer(name) as history, pytest.raises(UserError, match="another person"):
        history.dispositions.countersign(signed.id)


def test_nobody_countersigns_twice_or_what_was_replaced(as_reviewer, lot_id):
    with as_reviewer("mei") as history:
        first = history.dispositions.sign(hold(lot_id))
        wafer = history.dispositions.sign(hold(lot_id, wafer="W07"))
        second = history.dispositions.sign(DispositionDraft(lot_id, DispositionWord.RELEASE))
    with as_reviewer("sato") as history:
        with pytest.raises(UserError, match="later disposition"):
            history.dispositions.countersign(first.id)
        history.dispositions.countersign(second.id)
        with pytest.raises(UserError, match="sato has countersigned it already"):
            history.dispositions.countersign(second.id)
        with pytest.raises(UserError, match="There is no disposition 99"):
            history.dispositions.countersign(DispositionId(99))
        kept = history.dispositions.list_of_lot(lot_id)
        assert [one.id for one in kept] == [first.id, wafer.id, second.id]
        assert [one.id for one in newest(kept)] == [second.id, wafer.id]
        assert {key: one.id for key, one in history.dispositions.newest_of_lots().items()} == {
            lot_id: second.id
        }


def test_only_a_release_goes_without_a_reason(as_reviewer, lot_id):
    with as_reviewer("mei") as history:
        with pytest.raises(UserError, match="needs a reason"):
            history.dispositions.sign(hold(lot_id, reason=" "))
        assert history.dispositions.sign(DispositionDraft(lot_id, DispositionWord.RELEASE)).given.reason == ""


def test_a_disposition_of_no_lot_is_refused(as_reviewer, lot_id):
    with as_reviewer("mei") as history, pytest.raises(Exception, match="FOREIGN KEY"):
        history.dispositions.sign(hold(LotId(99)))


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE dispositions SET word = 'release' WHERE id = 1", "Disposition 1 is not what was audited."),
        ("UPDATE countersigns SET reviewer = 'mei'", "Countersign 1 is not what was audited."),
        ("DELETE FROM countersigns", "Countersign 1 is gone."),
        (
            "INSERT INTO countersigns VALUES (2, 2, 'x', '2026-01-01', '1')",
            "Countersign 2 has no audit row.",
        ),
    ],
)
def test_tampering_is_found(as_reviewer, lot_id, history_file, statement, reason):
    with as_reviewer("mei") as history:
        first = history.dispositions.sign(hold(lot_id))
        history.dispositions.sign(hold(lot_id, wafer="W07"))
    with as_reviewer("sato") as history:
        history.dispositions.countersign(first.id)
    with closing(sqlite3.connect(history_file)) as connection, connection:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("DELETE FROM dispositions")
        for table in ("dispositions", "countersigns"):
            for trigger in ("no_update", "no_delete", "no_replace"):
                connection.execute(f"DROP TRIGGER {table}_{trigger}")
        connection.execute(statement)
    with as_reviewer("mei") as history:
        assert history.verify_audit().reason == reason
