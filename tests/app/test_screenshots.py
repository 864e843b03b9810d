"""The tour waits for workers, so its waiting must leave them the interpreter."""

import threading
from collections.abc import Callable
from time import monotonic, sleep

from pytestqt.qtbot import QtBot

from app.screenshots import wait_for

WAIT_S = 0.2


def work_done_during(wait: Callable[[], object]) -> int:
    """How often a worker in pure Python goes round while the main thread waits."""
    rounds, over = 0, threading.Event()

    def work() -> None:
        nonlocal rounds
        while not over.is_set():
            rounds += 1

    worker = threading.Thread(target=work)
    worker.start()
    wait()
    over.set()
    worker.join()
    return rounds


def test_workers_run_while_the_tour_waits(qtbot: QtBot) -> None:
    def wait() -> None:
        until = monotonic() + WAIT_S
        wait_for(lambda: monotonic() > until, "Time did not pass", str)

    assert work_done_during(wait) > work_done_during(lambda: sleep(WAIT_S)) / 10
