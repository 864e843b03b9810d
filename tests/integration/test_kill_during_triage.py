"""No acknowledged decision is lost when the program is killed, at whatever moment."""

import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import perf_counter

import pytest

from core.domain.lots import ImageRecord, Lot
from core.history import History

REPOSITORY = Path(__file__).parents[2]
ROUNDS = 20
DECISIONS = 200

# Decides all images once, and says so after each commit.
TRIAGE = """
import sys
from pathlib import Path
from core.domain.decisions import Judgement, Verdict
from core.domain.review import JudgementChange
from core.history import History

file, verdict = Path(sys.argv[1]), Verdict(sys.argv[2])
with History.open(file, reviewer="child", app_version="1") as history:
    for number, item in enumerate(history.list_items(1)):
        after = Judgement(verdict, note=f"{sys.argv[3]}/{number}")
        history.apply("Decide", [JudgementChange(item.image_id, item.judgement, after)])
        print(after.note, flush=True)
"""


@pytest.fixture
def history_file(tmp_path: Path) -> Path:
    file = tmp_path / "history.sqlite"
    images = tuple(
        ImageRecord(tmp_path / f"{n}.png", f"{n}.png", 0, f"{n:064x}", (448, 448), 8, 448)
        for n in range(DECISIONS)
    )
    with History.open(file, reviewer="parent", app_version="1") as history:
        history.add_lot(Lot("triage", tmp_path, tmp_path, images))
    return file


def spin(seconds: float) -> None:
    """Let the child reach a random point between two commits; sleeping is too coarse for that."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


def triage_until_killed(file: Path, number: int, rng: random.Random) -> list[str]:
    """The notes that the child acknowledged before it was killed."""
    verdict = rng.choice(["real", "false", "nuisance"])
    command = [sys.executable, "-c", TRIAGE, str(file), verdict, str(number)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline().strip() for _ in range(rng.randint(1, DECISIONS - 20))]
        spin(rng.uniform(0, 0.01))
        child.kill()
        acknowledged += child.stdout.read().split("\n")[:-1]  # what it said before it died, whole lines
    assert child.returncode == -signal.SIGKILL
    return acknowledged


def check(file: Path, acknowledged: set[str]) -> None:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        stored = {note for (note,) in connection.execute("SELECT after_note FROM decisions")}
        audited = connection.execute("SELECT count(*) FROM audit WHERE action = 'decision'").fetchone()[0]
        decided = connection.execute("SELECT count(*) FROM decisions").fetchone()[0]
    assert acknowledged <= stored
    assert audited == decided


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_no_acknowledged_decision_is_lost(history_file: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    rng = random.Random(seed)
    acknowledged: set[str] = set()
    for number in range(ROUNDS):
        acknowledged |= set(triage_until_killed(history_file, number, rng))
        check(history_file, acknowledged)
    assert len(acknowledged) >= ROUNDS, f"seed {seed}"
    with History.open(history_file, reviewer="parent", app_version="1") as history:
        assert any("ended abruptly" in notice for notice in history.notices)
        assert history.verify_audit().ok, f"seed {seed}"
        last = history.next_undo()
        assert last is not None
        assert last.title == "Decide"
