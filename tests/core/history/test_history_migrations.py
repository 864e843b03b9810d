import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.decisions import ClassDraft, Killer
from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.review import Action
from core.history import History
from core.history.migrations import MIGRATIONS, Migration, migrate
from core.history.schema import metadata

REPOSITORY = Path(__file__).parents[3]
STATEMENTS = (
    "CREATE TABLE wafers (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
    "INSERT INTO wafers SELECT id, name FROM lots",
    "ALTER TABLE lots ADD COLUMN wafer_id INTEGER REFERENCES wafers (id)",
    "UPDATE lots SET wafer_id = id",
)
FIRST_SCHEMA_ROWS = (
    *(
        f"INSERT INTO lots VALUES ({n}, 'W{n}', '/fab/W{n}', '/fab', '2026-01-01T00:00:00+00:00', NULL, 0)"
        for n in (1, 2)
    ),
    *(
        f"INSERT INTO images VALUES ({n}, {n}, 0, 0, '/fab/{name}', '{name}', 'ab', '', 0, 9, 9, 8, 9, "
        "NULL, NULL, NULL, NULL)"
        for n, name in ((1, "a.tif"), (2, "b.tif"))
    ),
    *(
        f"INSERT INTO operations VALUES ({n}, 'Real: {name}', 'do', NULL, NULL, '2026-01-01T00:00:00+00:00')"
        for n, name in ((1, "a.tif"), (2, "b.tif"))
    ),
    *(
        f"INSERT INTO decisions VALUES ({n}, {n}, NULL, NULL, 'unknown', '', 'real', NULL, 'unknown', '', "
        f"'mei', '2026-01-01T00:00:00+00:00', '', '', '1', {n}, NULL)"
        for n in (1, 2)
    ),
    *(f"INSERT INTO judgements VALUES ({n}, 'real', NULL, 'unknown', '')" for n in (1, 2)),
)

FIRST_SCHEMA_RESULT = (
    "INSERT INTO runs VALUES (1, 1, 'recipe', 1, '', '{}', 'model', '', 'cpu', '1', '2026-01-01T00:00:00+00:00', NULL, "
    "'finished')",
    "INSERT INTO predictions VALUES (1, 1, 0.75, 'ng', 0.5, 9, '[]', '', '', '')",
)


def run_statements(connection: sqlite3.Connection) -> None:
    for statement in STATEMENTS:
        connection.execute(statement)


NEWEST = len(MIGRATIONS)
NEXT = Migration(NEWEST + 1, "wafers", run_statements)


def dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return list(connection.iterdump())


def version(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT max(version) FROM schema_version").fetchone()[0]


@pytest.fixture
def present_version(open_history, history_file, lot) -> Path:
    with open_history() as history:
        history.add_lot(lot)
    return history_file


def test_migrations_are_numbered_from_one_without_gaps():
    assert [migration.number for migration in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_the_tables_are_what_queries_take_them_for(history_file, history):
    with closing(sqlite3.connect(history_file)) as connection:
        for table in metadata.tables.values():
            columns = connection.execute(f"PRAGMA table_info({table.name})").fetchall()
            stored = [(name, kind, bool(key)) for _, name, kind, _, _, key in columns]
            names = {"INTEGER": "INTEGER", "TEXT": "TEXT", "FLOAT": "REAL"}
            expected = [(c.name, names[str(c.type)], c.primary_key) for c in table.columns]
            assert stored == expected, table.name
            required = {name for _, name, _, not_null, _, key in columns if not_null or key}
            assert required == {c.name for c in table.columns if not c.nullable or c.primary_key}, table.name


def test_the_file_is_copied_before_it_is_changed(present_version):
    before = dump(present_version)
    copy = migrate(present_version, (*MIGRATIONS, NEXT), app_version="2")
    assert dump(copy) == before
    assert version(present_version) == NEWEST + 1
    assert "wafers" in "".join(dump(present_version))
    assert sorted(path.suffix for path in copy.parent.glob(f"*.schema{NEWEST}.*")) == [".sqlite"]


def test_actions_of_the_first_schema_learn_their_lot(history_file, open_history):
    history_file.parent.mkdir()
    migrate(history_file, MIGRATIONS[:1], app_version="1")
    with closing(sqlite3.connect(history_file)) as connection, connection:
        for statement in FIRST_SCHEMA_ROWS:
            connection.execute(statement)
    with open_history() as history:
        assert history.next_undo() == Action("Real: b.tif", LotId(2))
        assert history.undo(LotId(1)).title == "Real: a.tif"
        assert history.next_redo(LotId(1)) == Action("Real: a.tif", LotId(1))


def test_classes_of_an_old_history_live_on(history_file, open_history):
    history_file.parent.mkdir()
    migrate(history_file, MIGRATIONS[:3], app_version="1")
    with closing(sqlite3.connect(history_file)) as connection, connection:
        connection.execute("INSERT INTO classes VALUES (7, 'Bridge', 'bridge', 21, '#ff8800', 3, 0)")
    with open_history() as history:
        (bridge,) = history.list_classes()
        assert (bridge.id, bridge.slot, bridge.killer, bridge.exemplars) == (7, 3, Killer.UNKNOWN, ())
        history.class_table.change("Describe", moved=[(bridge, replace(bridge, description="metal"))])
        assert history.list_classes()[0].description == "metal"
        assert history.discoveries.newest(LotId(1)) is None


def test_results_of_an_old_history_suggest_no_class(history_file, open_history):
    history_file.parent.mkdir()
    migrate(history_file, MIGRATIONS[:1], app_version="1")
    with closing(sqlite3.connect(history_file)) as connection, connection:
        for statement in (*FIRST_SCHEMA_ROWS, *FIRST_SCHEMA_RESULT):
            connection.execute(statement)
    with open_history() as history:
        detection = history.list_items(LotId(1))[0].detection
        assert (detection.score, detection.guess) == (0.75, None)


def test_edits_of_an_old_history_can_still_be_undone(history_file, open_history):
    history_file.parent.mkdir()
    migrate(history_file, MIGRATIONS[:4], app_version="1")
    with closing(sqlite3.connect(history_file)) as connection, connection:
        connection.execute(
            "INSERT INTO classes (id, name, name_key, color, retired) VALUES (7, 'Bridge', 'bridge', '#fff', 1)"
        )
        connection.execute(
            "INSERT INTO operations (id, title, kind, at_utc) VALUES (1, 'Retire', 'do', '2026-01-01')"
        )
        connection.execute(
            "INSERT INTO edits VALUES (1, 1, 'class', '[7]', '{\"retired\":0}', '{\"retired\":1}')"
        )
    with open_history() as history:
        assert history.list_classes() == ()
        assert history.undo("classes").title == "Retire"
        assert [known.name for known in history.list_classes()] == ["Bridge"]


@pytest.mark.parametrize("table", ["class_births", "edits"])
def test_what_happened_can_only_be_added_to(history_file, history, table):
    history.class_table.change("Make", added=[ClassDraft("Bridge")])
    with closing(sqlite3.connect(history_file)) as connection:
        names = {
            name
            for (name,) in connection.execute(f"SELECT name FROM sqlite_master WHERE tbl_name = '{table}'")
        }
        assert {f"{table}_no_update", f"{table}_no_delete", f"{table}_no_replace"} <= names


def test_nothing_to_do_makes_no_copy(present_version):
    assert migrate(present_version, MIGRATIONS, app_version="2") is None
    assert list(present_version.parent.glob(f"*.schema{NEWEST}.*")) == []


@pytest.mark.parametrize("done", range(len(STATEMENTS) + 1))
def test_a_step_that_fails_anywhere_leaves_the_old_file(present_version, done):
    before = dump(present_version)

    def fail(connection: sqlite3.Connection) -> None:
        for statement in STATEMENTS[:done]:
            connection.execute(statement)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        migrate(present_version, (*MIGRATIONS, Migration(NEWEST + 1, "fails", fail)), app_version="2")
    assert dump(present_version) == before


def test_a_process_that_dies_in_a_step_leaves_the_old_file(present_version, open_history):
    before = dump(present_version)
    script = f"""
import os, sys
from pathlib import Path
from core.history.migrations import MIGRATIONS, Migration, migrate

def die(connection):
    connection.execute("PRAGMA cache_size = 1")  # so that pages reach the WAL before the commit
    connection.execute("DROP TABLE predictions")
    connection.execute("CREATE TABLE ballast AS SELECT randomblob(900000) AS content")
    os._exit(9)

migrate(Path({str(present_version)!r}), (*MIGRATIONS, Migration({NEWEST + 1}, "dies", die)), app_version="2")
"""
    died = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, check=False, timeout=60)
    assert died.returncode == 9
    assert dump(present_version) == before
    with open_history() as history:
        assert history.list_lots()[0].images == 6


def test_a_step_that_leaves_dangling_rows_is_taken_back(present_version):
    before = dump(present_version)
    orphan = Migration(NEWEST + 1, "orphans", lambda connection: connection.execute("DELETE FROM lots"))
    with pytest.raises(sqlite3.IntegrityError, match="dangling"):
        migrate(present_version, (*MIGRATIONS, orphan), app_version="2")
    assert dump(present_version) == before


def test_a_newer_history_is_refused_and_left_alone(present_version, open_history):
    migrate(present_version, (*MIGRATIONS, NEXT), app_version="2")
    before = present_version.read_bytes()
    with pytest.raises(UserError, match="newer Residua"):
        open_history()
    assert present_version.read_bytes() == before


def test_another_programs_database_is_refused(tmp_path):
    file = tmp_path / "browser.sqlite"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = file.read_bytes()
    with pytest.raises(UserError, match="another program"):
        History.open(file, reviewer="mei", app_version="1")
    assert file.read_bytes() == before
