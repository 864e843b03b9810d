import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.domain.errors import UserError
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


def run_statements(connection: sqlite3.Connection) -> None:
    for statement in STATEMENTS:
        connection.execute(statement)


NEXT = Migration(2, "wafers", run_statements)


def dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return list(connection.iterdump())


def version(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT max(version) FROM schema_version").fetchone()[0]


@pytest.fixture
def first_version(open_history, history_file, lot) -> Path:
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


def test_the_file_is_copied_before_it_is_changed(first_version):
    before = dump(first_version)
    copy = migrate(first_version, (*MIGRATIONS, NEXT), app_version="2")
    assert dump(copy) == before
    assert version(first_version) == 2
    assert "wafers" in "".join(dump(first_version))
    assert sorted(path.suffix for path in copy.parent.glob("*.schema1.*")) == [".sqlite"]


def test_nothing_to_do_makes_no_copy(first_version):
    assert migrate(first_version, MIGRATIONS, app_version="2") is None
    assert list(first_version.parent.glob("*.schema1.*")) == []


@pytest.mark.parametrize("done", range(len(STATEMENTS) + 1))
def test_a_step_that_fails_anywhere_leaves_the_old_file(first_version, done):
    before = dump(first_version)

    def fail(connection: sqlite3.Connection) -> None:
        for statement in STATEMENTS[:done]:
            connection.execute(statement)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        migrate(first_version, (*MIGRATIONS, Migration(2, "fails", fail)), app_version="2")
    assert dump(first_version) == before


def test_a_process_that_dies_in_a_step_leaves_the_old_file(first_version, open_history):
    before = dump(first_version)
    script = f"""
import os, sys
from pathlib import Path
from core.history.migrations import MIGRATIONS, Migration, migrate

def die(connection):
    connection.execute("PRAGMA cache_size = 1")  # so that pages reach the WAL before the commit
    connection.execute("DROP TABLE predictions")
    connection.execute("CREATE TABLE ballast AS SELECT randomblob(900000) AS content")
    os._exit(9)

migrate(Path({str(first_version)!r}), (*MIGRATIONS, Migration(2, "dies", die)), app_version="2")
"""
    died = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, check=False, timeout=60)
    assert died.returncode == 9
    assert dump(first_version) == before
    with open_history() as history:
        assert history.list_lots()[0].images == 6


def test_a_step_that_leaves_dangling_rows_is_taken_back(first_version):
    before = dump(first_version)
    orphan = Migration(2, "orphans", lambda connection: connection.execute("DELETE FROM lots"))
    with pytest.raises(sqlite3.IntegrityError, match="dangling"):
        migrate(first_version, (*MIGRATIONS, orphan), app_version="2")
    assert dump(first_version) == before


def test_a_newer_history_is_refused_and_left_alone(first_version, open_history):
    migrate(first_version, (*MIGRATIONS, NEXT), app_version="2")
    before = first_version.read_bytes()
    with pytest.raises(UserError, match="newer Residua"):
        open_history()
    assert first_version.read_bytes() == before


def test_another_programs_database_is_refused(tmp_path):
    file = tmp_path / "browser.sqlite"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = file.read_bytes()
    with pytest.raises(UserError, match="another program"):
        History.open(file, reviewer="mei", app_version="1")
    assert file.read_bytes() == before
