"""The bridge from jobs to Qt: order of signals, no partial lost, the main thread only, no thread left."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from app.job_runner import JobRunner, RunningJob
from core.domain.errors import UserError
from core.jobs import JobContext, JobQueue, Progress


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    made = JobRunner(JobQueue())
    yield made
    made.close()


def heard(running: RunningJob) -> list[tuple[str, object]]:
    """Everything a job's signals say, in order."""
    said: list[tuple[str, object]] = []
    running.partial.connect(lambda partial: said.append(("partial", partial)))
    running.succeeded.connect(lambda result: said.append(("succeeded", result)))
    running.failed.connect(lambda error: said.append(("failed", str(error))))
    running.cancelled.connect(lambda: said.append(("cancelled", None)))
    running.finished.connect(lambda: said.append(("finished", None)))
    return said


def finish(qtbot: QtBot, running: RunningJob) -> list[tuple[str, object]]:
    said = heard(running)
    with qtbot.waitSignal(running.finished, timeout=5000):
        pass
    return said


def test_every_partial_arrives_in_order_before_success_then_finished(qtbot: QtBot, runner: JobRunner) -> None:
    def count(ctx: JobContext) -> str:
        for number in ctx.track(range(500)):
            ctx.emit(number)
        return "done"

    said = finish(qtbot, runner.start(count, title="Count"))
    assert said == [
        *(("partial", number) for number in range(500)),
        ("succeeded", "done"),
        ("finished", None),
    ]
    assert runner.running == ()


def test_a_failed_job_says_so_once_and_its_lane_goes_on(qtbot: QtBot, runner: JobRunner) -> None:
    def fail(ctx: JobContext) -> None:
        raise UserError("The disk is gone.")

    assert finish(qtbot, runner.start(fail, title="Fail")) == [
        ("failed", "The disk is gone."),
        ("finished", None),
    ]
    assert finish(qtbot, runner.start(lambda ctx: 1, title="Next"))[-2:] == [
        ("succeeded", 1),
        ("finished", None),
    ]


def test_cancel_ends_a_job_in_cancelled(qtbot: QtBot, runner: JobRunner) -> None:
    at_work = threading.Event()

    def forever(ctx: JobContext) -> None:
        at_work.set()
        while True:
            ctx.check()

    running = runner.start(forever, title="Forever")
    assert at_work.wait(5)
    running.cancel()
    assert finish(qtbot, running) == [("cancelled", None), ("finished", None)]


def test_signals_come_on_the_main_thread(qtbot: QtBot, runner: JobRunner) -> None:
    threads = []
    running = runner.start(lambda ctx: ctx.report(1, 2, "half"), title="Where")
    running.progressed.connect(lambda progress: threads.append((threading.current_thread(), progress)))
    finish(qtbot, running)
    assert threads == [(threading.main_thread(), Progress(1, 2, "half"))]


def test_a_slot_that_runs_an_event_loop_does_not_hear_the_end_twice(qtbot: QtBot, runner: JobRunner) -> None:
    running = runner.start(lambda ctx: "done", title="Nested")
    running.succeeded.connect(lambda _: qtbot.wait(150))  # as a modal dialog would: three polls go by
    assert finish(qtbot, running) == [("succeeded", "done"), ("finished", None)]


def test_close_cancels_and_waits(qtbot: QtBot) -> None:
    def forever(ctx: JobContext) -> None:
        while True:
            ctx.check()

    before = threading.active_count()
    runner = JobRunner(JobQueue())
    said = heard(runner.start(forever, title="Forever"))
    runner.start(forever, title="Behind it")
    runner.close()
    assert (said, runner.running, threading.active_count()) == ([], (), before)


def test_three_hundred_starts_and_closes_leave_nothing(qtbot: QtBot) -> None:
    def work(ctx: JobContext) -> None:
        for _ in ctx.track(range(1000)):
            ctx.emit(threading.get_ident())

    before = threading.active_count()
    for cycle in range(300):
        runner = JobRunner(JobQueue())
        first = runner.start(work, title="First")
        runner.start(work, title="Second", lane="gpu")
        if cycle % 3 == 0:
            first.cancel()
        if cycle % 2 == 0:
            QCoreApplication.processEvents()
        runner.close()
    assert threading.active_count() == before
