import threading

import pytest

from core.domain.errors import JobCancelled
from core.jobs import JobContext, JobQueue, JobState, Progress


@pytest.fixture
def jobs():
    queue = JobQueue()
    yield queue
    queue.close()


def test_a_job_hands_over_progress_partials_and_its_result(jobs):
    def job(ctx: JobContext) -> int:
        for item in ctx.track([1, 2, 3], "adding"):
            ctx.emit(item)
        return 6

    handle = jobs.submit(job, title="add")
    assert handle.wait(5)
    assert (handle.state, handle.result) == (JobState.SUCCEEDED, 6)
    assert handle.ctx.drain() == [1, 2, 3]
    assert handle.ctx.progress == Progress(3, 3, "adding")


def test_a_cancelled_job_stops_at_its_next_check_and_keeps_what_it_emitted(jobs):
    emitted = threading.Event()
    go_on = threading.Event()

    def job(ctx: JobContext) -> None:
        ctx.emit("first")
        emitted.set()
        go_on.wait(5)
        ctx.check()
        ctx.emit("never")

    handle = jobs.submit(job, title="slow")
    assert emitted.wait(5)
    handle.cancel()
    go_on.set()
    assert handle.wait(5)
    assert handle.state is JobState.CANCELLED
    assert handle.ctx.drain() == ["first"]


def test_a_queued_job_that_is_cancelled_never_starts(jobs):
    release = threading.Event()
    ran = []
    jobs.submit(lambda _ctx: release.wait(5), title="blocks the lane")
    waiting = jobs.submit(lambda _ctx: ran.append(1), title="waits")
    waiting.cancel()
    release.set()
    assert waiting.wait(5)
    assert waiting.state is JobState.CANCELLED
    assert ran == []


def test_a_failing_job_keeps_its_error_and_its_lane_alive(jobs):
    def broken(_ctx: JobContext) -> None:
        raise ZeroDivisionError("boom")

    failed = jobs.submit(broken, title="broken")
    after = jobs.submit(lambda _ctx: "fine", title="after")
    assert after.wait(5)
    assert isinstance(failed.error, ZeroDivisionError)
    assert failed.state is JobState.FAILED
    assert after.result == "fine"


def test_lanes_run_side_by_side(jobs):
    meet = threading.Barrier(2)
    first = jobs.submit(lambda _ctx: meet.wait(5), title="a", lane="gpu")
    second = jobs.submit(lambda _ctx: meet.wait(5), title="b", lane="io")
    assert first.wait(5)
    assert second.wait(5)
    assert first.state is second.state is JobState.SUCCEEDED


def test_close_cancels_what_runs(jobs):
    def endless(ctx: JobContext) -> None:
        while True:
            ctx.check()

    handle = jobs.submit(endless, title="endless")
    jobs.close()
    assert handle.state is JobState.CANCELLED


def test_check_raises_only_after_cancel():
    ctx = JobContext()
    ctx.check()
    ctx.token.cancel()
    with pytest.raises(JobCancelled):
        ctx.check()
