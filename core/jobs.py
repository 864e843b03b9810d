"""The one idiom for background work: a job is a plain function of a JobContext.

A job calls `ctx.check()` between items, `ctx.report()` to show progress and `ctx.emit()` to hand over partial
results. Nothing here knows Qt: `app.job_runner` polls the handles from the main thread.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from core.domain.errors import JobCancelled

_log = logging.getLogger(__name__)

T = TypeVar("T")


class JobState(StrEnum):
    """Where a job stands. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come."""
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total` items (total 0 = not known), and what it is doing."""

    done: int = 0
    total: int = 0
    text: str = ""


class CancelToken:
    """A thread-safe request to stop."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop at its next check."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether a stop was asked for."""
        return self._event.is_set()


class JobContext:
    """What a job sees of the outside. Usable without any queue: `JobContext()` runs a job in place."""

    def __init__(self, token: CancelToken | None = None) -> None:
        self.token = token or CancelToken()
        self.progress = Progress()
        self._partials: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def check(self) -> None:
        """Stop here if asked to.

        Raises:
            JobCancelled: the owner cancelled the job.
        """
        if self.token.cancelled:
            raise JobCancelled

    def report(self, done: int, total: int, text: str = "") -> None:
        """Publish progress; the latest one wins."""
        self.progress = Progress(done, total, text)

    def emit(self, partial: object) -> None:
        """Hand over a partial result, in order."""
        self._partials.put(partial)

    def track(self, items: Iterable[T], text: str = "") -> Iterator[T]:
        """Yield the items with a check before and a progress report after each."""
        total = len(items) if isinstance(items, Sized) else 0
        self.report(0, total, text)
        for done, item in enumerate(items, start=1):
            self.check()
            yield item
            self.report(done, total, text)

    def drain(self) -> list[Any]:
        """All partial results since the last call, oldest first."""
        drained = []
        while True:
            try:
                drained.append(self._partials.get_nowait())
            except queue.Empty:
                return drained


Job: TypeAlias = Callable[[JobContext], T]


class JobHandle(Generic[T]):
    """A submitted job, as its owner sees it.

    Read `state` before draining partials, or the last ones are missed.
    """

    def __init__(self, title: str, lane: str) -> None:
        self.title = title
        self.lane = lane
        self.ctx = JobContext()
        self.state = JobState.QUEUED
        self.result: T | None = None
        self.error: Exception | None = None
        self._finished = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop; a queued job never starts."""
        self.ctx.token.cancel()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the job is final; False if the timeout (seconds) ran out first."""
        return self._finished.wait(timeout)

    def run(self, job: Job[T]) -> None:
        """Run the job on the calling thread: the boundary where every exception is caught once."""
        try:
            self.ctx.check()
            self.state = JobState.RUNNING
            self.result = job(self.ctx)
            self.state = JobState.SUCCEEDED
        except JobCancelled:
            self.state = JobState.CANCELLED
        except Exception as error:  # noqa: BLE001 - the job boundary: a failed job must not kill its lane
            _log.error("job %r failed", self.title, exc_info=error)
            self.error = error
            self.state = JobState.FAILED
        finally:
            self._finished.set()


class JobQueue:
    """One worker per lane ("gpu", "io"): jobs of a lane run in order, lanes run side by side."""

    def __init__(self) -> None:
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._live: list[JobHandle[Any]] = []

    def submit(self, job: Job[T], *, title: str, lane: str = "io") -> JobHandle[T]:
        """Queue a job on a lane and return its handle at once."""
        handle: JobHandle[T] = JobHandle(title, lane)
        self._live = [live for live in self._live if not live.state.is_final]
        self._live.append(handle)
        self._executor(lane).submit(handle.run, job)
        return handle

    def close(self) -> None:
        """Cancel every job and wait for the workers to end."""
        for handle in self._live:
            handle.cancel()
        for executor in self._lanes.values():
            executor.shutdown(wait=True)

    def _executor(self, lane: str) -> ThreadPoolExecutor:
        if lane not in self._lanes:
            self._lanes[lane] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"residua-{lane}")
        return self._lanes[lane]
