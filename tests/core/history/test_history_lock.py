import subprocess
import sys
from pathlib import Path

import pytest

from core.domain.errors import UserError
from core.history import History
from core.history.lock_file import LockFile

REPOSITORY = Path(__file__).parents[3]
HOLDER = """
import sys
from pathlib import Path
from core.history.lock_file import LockFile
lock = LockFile(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_instance_is_told_who_has_it_and_a_dead_ones_lock_heals(history_file, open_history):
    history_file.parent.mkdir()
    lock = history_file.with_name(f"{history_file.name}.lock")
    command = [sys.executable, "-c", HOLDER, str(lock)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout.readline() == b"held\n"
            with pytest.raises(UserError, match=rf"in use by .* \(process {holder.pid}\)"):
                open_history()
        finally:
            holder.kill()
    with open_history() as history:
        assert any(f"process {holder.pid}" in notice for notice in history.notices)


def test_a_second_window_of_one_process_is_refused(history, open_history):
    with pytest.raises(UserError, match="in use"):
        open_history()


def test_an_orderly_end_leaves_nothing_to_tell(open_history):
    open_history().close()
    with open_history() as history:
        assert not any("abruptly" in notice for notice in history.notices)
        history.close()  # and closing twice does no harm
    with open_history() as history:
        assert history.list_lots() == ()


def test_a_failed_opening_lets_go_of_the_lock(history_file, open_history):
    history_file.parent.mkdir()
    history_file.write_bytes(b"no database at all, but long enough to be taken for one" * 40)
    for _attempt in range(2):
        with pytest.raises(UserError, match="is not a history"):
            open_history()


def test_a_lock_file_with_rubbish_in_it_is_taken(tmp_path):
    file = tmp_path / "a.lock"
    file.write_text("{half a na", encoding="utf-8")
    lock = LockFile(file)
    assert lock.left_behind == "an unknown program"
    lock.release()
    assert file.read_text(encoding="utf-8") == ""


def test_a_home_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be used"):
        History.open(tmp_path / "file" / "history.sqlite", reviewer="mei", app_version="1")
