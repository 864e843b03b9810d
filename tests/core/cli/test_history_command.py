import sqlite3
from contextlib import closing

import cv2
import numpy as np
import pytest

from core.cli.history import EXIT_FAULT
from core.cli.main import EXIT_NOTHING_DONE, EXIT_OK, main
from core.domain.decisions import Verdict
from core.jobs import JobContext
from core.services.decisions import decide
from core.services.lots import list_items, open_lot
from core.services.reports import query_report
from core.services.workspace import Workspace


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RESIDUA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "W07"
    folder.mkdir()
    for name, level in (("a.png", 90), ("b.png", 120)):
        (folder / name).write_bytes(cv2.imencode(".png", np.full((40, 50), level, np.uint8))[1].tobytes())
    return folder


@pytest.fixture
def head(home, images):
    """Of the report of a lot with one decision."""
    with Workspace.open(reviewer="mei") as workspace:
        lot_id = open_lot(workspace, images, JobContext())
        decide(workspace, list_items(workspace, lot_id)[:1], verdict=Verdict.REAL, title="Real")
        return query_report(workspace, lot_id, JobContext()).audit_head


def test_check_and_verify_a_sound_history(head, capsys):
    assert main(["history", "check"]) == EXIT_OK
    assert main(["history", "verify", "--head", head]) == EXIT_OK
    assert capsys.readouterr().out.splitlines()[-1] == f"2 audit rows hold; head {head}"


def test_a_tail_cut_everywhere_is_found_by_the_head_of_a_report(head, home, capsys):
    with closing(sqlite3.connect(home / "history.sqlite")) as connection, connection:
        for table in ("audit", "decisions"):
            connection.execute(f"DROP TRIGGER {table}_no_delete")
            connection.execute(f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})")
        connection.execute("DELETE FROM judgements")
    assert main(["history", "verify"]) == EXIT_OK
    assert main(["history", "verify", "--head", head]) == EXIT_FAULT
    assert "its end was cut off" in capsys.readouterr().out


def test_a_tampered_history_is_unsound_and_a_backup_mends_it(head, home, capsys):
    (backup,) = (home / "backups").iterdir()  # made when the workspace was closed
    with closing(sqlite3.connect(home / "history.sqlite")) as connection, connection:
        connection.execute("DROP TRIGGER decisions_no_update")
        connection.execute("UPDATE decisions SET after_verdict = 'false'")
    assert main(["history", "check", "--repair"]) == EXIT_FAULT
    assert "Decision 1 is not what was audited." in capsys.readouterr().out
    assert main(["history", "restore", str(backup)]) == EXIT_OK
    assert "is kept as" in capsys.readouterr().out
    assert main(["history", "verify", "--head", head]) == EXIT_OK


def test_backup_writes_where_it_is_told(head, tmp_path, home):
    assert main(["history", "backup", "--out", str(tmp_path / "copy.sqlite")]) == EXIT_OK
    assert main(["history", "backup", "--keep", "1"]) == EXIT_OK
    assert len(list((home / "backups").iterdir())) == 1
    assert main(["history", "restore", str(tmp_path / "copy.sqlite")]) == EXIT_OK


def test_without_a_history_there_is_a_sentence(home, capsys):
    for action in (["check"], ["backup"], ["verify"], ["restore", str(home / "none.sqlite")]):
        assert main(["history", *action]) == EXIT_NOTHING_DONE
        assert "There is no" in capsys.readouterr().err
    assert not (home / "history.sqlite").exists()


def test_search_lists_what_is_found(head, capsys):
    assert main(["history", "search", "lot:W07", "verdict:real"]) == EXIT_OK
    out, err = capsys.readouterr()
    assert out.split("\t")[:5] == ["W07", "a.png", "real", "", "mei"]
    assert err == "1 of 1 images\n"
    assert main(["history", "search", "reviewer:nobody at all"]) == EXIT_OK
    assert capsys.readouterr().err == "0 of 0 images\n"
    assert main(["history", "search", "verdict:perhaps"]) == EXIT_NOTHING_DONE


def test_relocate_finds_a_moved_lot(head, images, tmp_path, capsys):
    images.rename(tmp_path / "archive")
    (tmp_path / "archive" / "b.png").write_bytes(b"another")
    assert main(["history", "relocate", "W07", str(tmp_path / "archive")]) == EXIT_FAULT
    assert capsys.readouterr().out.splitlines() == [
        "missing: b.png",
        "1 images found in their new place, 0 were where they had been",
    ]
    assert main(["history", "relocate", "W99", str(tmp_path)]) == EXIT_NOTHING_DONE


def test_quality_prints_what_is_measured_and_says_what_is_not(head, capsys):
    assert main(["quality", "W07", "--draw", "5"]) == EXIT_OK
    out = capsys.readouterr().out
    assert [line.split("  ")[0] for line in out.splitlines()] == [
        "Purity of NG",
        "Accuracy",
        "Reject rate",
        "Reviewer agreement",
        "DOI capture",
    ]
    assert out.count("not measured") == 5
    assert main(["quality", "W99"]) == EXIT_NOTHING_DONE


def test_a_klarf_is_never_exported_as_if_it_were_masked(head, images, tmp_path, capsys):
    out = tmp_path / "W07.001"
    arguments = ["export", str(images), "--format", "klarf", "--out", str(out), "--mask-identifiers"]
    assert main(arguments) == EXIT_NOTHING_DONE
    assert "cannot be masked" in capsys.readouterr().err
    assert not out.exists()


def test_a_masked_export_of_the_command_line(head, images, tmp_path):
    out = tmp_path / "W07.csv"
    arguments = ["export", str(images), "--format", "csv", "--out", str(out), "--mask-identifiers"]
    assert main(arguments) == EXIT_OK
    words = out.read_text(encoding="utf-8-sig")
    assert head in words
    assert "W07" not in words
