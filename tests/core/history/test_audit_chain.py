"""Whatever is done to the tables behind the program's back is found."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from random import Random

import pytest
from sqlalchemy import create_engine, insert

from core.domain.decisions import Judgement, Verdict
from core.domain.review import JudgementChange
from core.history import AuditReport, History
from core.history.audit import verify_audit
from core.history.schema import audit, decisions, metadata

COLUMNS = ("id", "at_utc", "actor", "action", "payload", "prev_sha256")
TRIGGERS = ("no_update", "no_delete", "no_replace")


@pytest.fixture
def triaged(history: History, image_ids) -> History:
    for number, image_id in enumerate(image_ids * 2):
        before = Judgement() if number < len(image_ids) else Judgement(Verdict.REAL)
        after = Judgement(Verdict.REAL) if number < len(image_ids) else Judgement(Verdict.FALSE)
        history.apply(f"Step {number}", [JudgementChange(image_id, before, after)])
    assert history.verify_audit().ok
    return history


@pytest.fixture
def tamper(history_file) -> Callable[..., None]:
    """Write to the file as somebody would who knows SQL and takes the triggers away."""

    def run(*statements: str) -> None:
        with closing(sqlite3.connect(history_file, timeout=10)) as connection, connection:
            for table in ("decisions", "audit"):
                for trigger in TRIGGERS:
                    connection.execute(f"DROP TRIGGER {table}_{trigger}")
            for statement in statements:
                connection.execute(statement)

    return run


@pytest.mark.parametrize("table", ["decisions", "audit"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET id = id + 100",
        "DELETE FROM {table} WHERE id = 2",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 2",
    ],
)
def test_the_tables_are_append_only(triaged, history_file, table, statement):
    refused = pytest.raises(sqlite3.IntegrityError, match="append-only")
    with closing(sqlite3.connect(history_file, timeout=10)) as connection, refused:
        connection.execute(statement.format(table=table))
    assert triaged.verify_audit().ok


@pytest.mark.parametrize("column", ["at_utc", "actor", "action", "payload", "prev_sha256", "sha256"])
@pytest.mark.parametrize("row", [1, 5, 13])
def test_an_edited_audit_row_is_found(triaged, tamper, column, row):
    tamper(f"UPDATE audit SET {column} = {column} || ' ' WHERE id = {row}")
    report = triaged.verify_audit()
    assert (report.ok, report.first_bad_row, report.rows) == (False, row, row - 1)
    assert str(row) in report.reason


@pytest.mark.parametrize("row", [1, 6])
def test_a_deleted_audit_row_is_found(triaged, tamper, row):
    tamper(f"DELETE FROM audit WHERE id = {row}")
    assert not triaged.verify_audit().ok


def test_a_deleted_audit_row_with_its_gap_closed_is_found(triaged, tamper):
    tamper("DELETE FROM audit WHERE id = 4", "UPDATE audit SET id = id - 1 WHERE id > 4")
    assert triaged.verify_audit().first_bad_row == 4


def test_an_inserted_audit_row_is_found(triaged, tamper):
    rows = triaged.verify_audit().rows
    tamper(
        f"INSERT INTO audit SELECT {rows + 1}, at_utc, actor, action, payload, prev_sha256, sha256"
        f" FROM audit WHERE id = {rows}"
    )
    report = triaged.verify_audit()
    assert (report.ok, report.first_bad_row) == (False, rows + 1)


def test_an_audit_row_forged_with_a_right_hash_is_found_by_its_decision(triaged, tamper, history_file):
    with closing(sqlite3.connect(history_file)) as connection:
        connection.row_factory = sqlite3.Row
        last = dict(connection.execute("SELECT * FROM audit ORDER BY id DESC LIMIT 1").fetchone())
    forged = last | {"id": last["id"] + 1, "prev_sha256": last["sha256"]}
    del forged["sha256"]
    text = json.dumps(forged, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    columns, values = ", ".join(forged), ", ".join(f"'{value}'" for value in forged.values())
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    tamper(f"INSERT INTO audit ({columns}, sha256) VALUES ({values}, '{sha256}')")
    report = triaged.verify_audit()
    assert (report.ok, report.first_bad_row) == (False, forged["id"])
    assert "is gone" in report.reason


def test_swapped_audit_rows_are_found(triaged, tamper):
    swaps = ("id = 1000 WHERE id = 5", "id = 5 WHERE id = 6", "id = 6 WHERE id = 1000")
    tamper(*(f"UPDATE audit SET {swap}" for swap in swaps))
    assert triaged.verify_audit().first_bad_row == 5


def test_a_cut_tail_is_found_by_the_decisions_that_it_audited(triaged, tamper):
    tamper("DELETE FROM audit WHERE id > 10")
    assert "no audit row" in triaged.verify_audit().reason


def test_a_tail_that_was_cut_everywhere_is_found_by_an_exported_head(triaged, tamper):
    exported = triaged.verify_audit().head_sha256
    tamper(
        "DELETE FROM audit WHERE id > 10",
        "DELETE FROM decisions WHERE id > (SELECT count(*) FROM audit WHERE action = 'decision')",
        "UPDATE judgements SET verdict = (SELECT after_verdict FROM decisions d"
        " WHERE d.image_id = judgements.image_id ORDER BY d.id DESC LIMIT 1)",
    )
    assert triaged.verify_audit().ok  # consistent in itself: only what was exported tells
    report = triaged.verify_audit(exported)
    assert not report.ok
    assert "exported head" in report.reason


def test_an_exported_head_stays_good_while_the_chain_grows(triaged, image_ids):
    exported = triaged.verify_audit().head_sha256
    real = Judgement(Verdict.REAL)
    triaged.apply("On", [JudgementChange(image_ids[0], Judgement(Verdict.FALSE), real)])
    assert triaged.verify_audit(exported).ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET after_verdict = 'false' WHERE id = 3",
        "UPDATE decisions SET reviewer = 'nobody' WHERE id = 3",
        "DELETE FROM decisions WHERE id = 3",
        "DELETE FROM decisions WHERE id = 12",
        "INSERT INTO decisions SELECT 1000, image_id, before_verdict, before_class_id, before_killer, before_note,"
        " after_verdict, after_class_id, after_killer, after_note, reviewer, decided_at_utc, recipe_sha256,"
        " model_sha256, app_version, operation_id, undo_of FROM decisions WHERE id = 12",
    ],
)
def test_changed_decisions_are_found(triaged, tamper, statement):
    tamper(statement)
    assert not triaged.verify_audit().ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE judgements SET verdict = 'real' WHERE image_id = 3",
        "UPDATE judgements SET note = 'x' WHERE image_id = 3",
        "DELETE FROM judgements WHERE image_id = 3",
    ],
)
def test_a_judgement_without_a_decision_is_found(triaged, tamper, statement):
    tamper(statement)
    report = triaged.verify_audit()
    assert "image 3" in report.reason


def test_a_judgement_out_of_nothing_is_found(history, image_ids, tamper):
    tamper(f"INSERT INTO judgements VALUES ({image_ids[0]}, 'real', NULL, 'yes', '')")
    assert f"image {image_ids[0]}" in history.verify_audit().reason


def test_a_new_history_is_good(history):
    assert history.verify_audit() == AuditReport(True, 0, "0" * 64)
    assert history.verify_audit("0" * 64).ok


WAYS = ("edit", "delete", "insert", "swap", "cut", "rewrite")


@pytest.mark.parametrize("way", WAYS)
def test_tampering_anywhere_is_found(triaged, history_file, way):
    """Each way at random places, by somebody who mends what stands around it, against a head that was exported."""
    exported = triaged.verify_audit().head_sha256
    with closing(sqlite3.connect(history_file)) as connection:
        rows = connection.execute("SELECT * FROM audit ORDER BY id").fetchall()
    random = Random(way)
    for _ in range(50):
        forged = forge(list(rows), way, random)
        assert forged != rows
        assert not walk(forged, exported)
    assert walk(rows, exported)


def forge(rows, way, random):
    place = random.randrange(len(rows))
    if way == "edit":
        column = random.randrange(1, 7)
        changed = list(rows[place])
        text = changed[column]
        at = random.randrange(len(text))
        changed[column] = f"{text[:at]}{'x' if text[at] != 'x' else 'y'}{text[at + 1 :]}"
        rows[place] = tuple(changed)
    elif way == "delete":
        del rows[place]
    elif way == "insert":
        rows.insert(place, rows[random.randrange(len(rows))])
    elif way == "swap":
        other = random.choice([one for one in range(len(rows)) if one != place])
        rows[place], rows[other] = rows[other], rows[place]
    elif way == "cut":
        return rows[:place]
    else:  # a new past, with hashes that fit one another
        rows[place] = (*rows[place][:2], "somebody else", *rows[place][3:])
        return chained(rows)
    return renumbered(rows)


def renumbered(rows):
    return [(number, *row[1:]) for number, row in enumerate(rows, start=1)]


def chained(rows):
    head, made = "0" * 64, []
    for row in rows:
        content = dict(zip(COLUMNS, (*row[:5], head), strict=True))
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        following = hashlib.sha256(text.encode()).hexdigest()
        made.append((*row[:5], head, following))
        head = following
    return made


def decided(rows):
    """The decisions that somebody would store to fit these rows."""
    made = {}
    for row in rows:
        with suppress(ValueError, KeyError):
            decision = json.loads(row[4])["decision"]
            made[decision["id"]] = decision
    return [one for one in made.values() if one.keys() == {column.name for column in decisions.c}]


def walk(rows, exported):
    """Whether the program takes these rows for good."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        named = [dict(zip((*COLUMNS, "sha256"), row, strict=True)) for row in rows]
        for table, values in ((audit, named), (decisions, decided(rows))):
            if values:
                connection.execute(insert(table), values)
        report = verify_audit(connection, exported)
    engine.dispose()
    return report.ok or "judgement" in report.reason  # judgements, looked at last, are not made here
