"""The one bridge from jobs to Qt: a timer on the main thread that asks the handles how they are."""

from collections import deque
from time import perf_counter
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.jobs import Job, JobHandle, JobQueue, JobState, Progress

POLL_MS = 50
BUDGET_S = 0.02  # partials are delivered in slices, so that a burst of them cannot freeze the window


class RunningJob(QObject):
    """One submitted job, as widgets see it.

    Emits `progressed` and `partial` any number of times, then exactly one of `succeeded`, `failed` and
    `cancelled`, then `finished`. All on the main thread.
    """

    progressed = Signal(object)  # Progress
    partial = Signal(object)
    succeeded = Signal(object)  # the job's result
    failed = Signal(object)  # Exception
    cancelled = Signal()
    finished = Signal()

    def __init__(self, handle: JobHandle[Any]) -> None:
        super().__init__()
        self._handle = handle
        self._shown = Progress()
        self._partials: deque[object] = deque()
        self._ended = False

    @property
    def title(self) -> str:
        """What the job does, for the jobs panel."""
        return self._handle.title

    def cancel(self) -> None:
        """Ask the job to stop; `cancelled` follows within half a second."""
        self._handle.cancel()

    def poll(self) -> bool:
        """Deliver what happened since the last poll; True once the job is over and all is delivered."""
        state = self._handle.state  # before draining: what a final job emitted is then already in the queue
        self._partials.extend(self._handle.ctx.drain())
        self._deliver_progress()
        self._deliver_partials()
        if not state.is_final or self._partials or self._ended:
            return self._ended
        self._ended = True  # first: a slot may open a dialog, and its event loop polls again
        self._deliver_end(state)
        return True

    def _deliver_progress(self) -> None:
        progress = self._handle.ctx.progress
        if progress != self._shown:
            self._shown = progress
            self.progressed.emit(progress)

    def _deliver_partials(self) -> None:
        until = perf_counter() + BUDGET_S
        while self._partials:
            self.partial.emit(self._partials.popleft())
            if perf_counter() > until:
                return

    def _deliver_end(self, state: JobState) -> None:
        if state is JobState.SUCCEEDED:
            self.succeeded.emit(self._handle.result)
        elif state is JobState.FAILED:
            self.failed.emit(self._handle.error)
        else:
            self.cancelled.emit()
        self.finished.emit()


class JobRunner(QObject):
    """Starts jobs and polls them; the timer runs only while there is something to poll."""

    started = Signal(object)  # RunningJob

    def __init__(self, queue: JobQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._running: list[RunningJob] = []
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def running(self) -> tuple[RunningJob, ...]:
        """Jobs that are queued or at work."""
        return tuple(self._running)

    def start(self, job: Job[Any], *, title: str, lane: str = "io") -> RunningJob:
        """Submit a job; nothing is emitted before control is back in the event loop."""
        running = RunningJob(self._queue.submit(job, title=title, lane=lane))
        self._running.append(running)
        self._timer.start()
        self.started.emit(running)
        return running

    def close(self) -> None:
        """Cancel everything and wait for the workers; nothing is emitted any more."""
        self._timer.stop()
        self._running.clear()
        self._queue.close()

    def _poll(self) -> None:
        for running in self.running:
            if running in self._running and running.poll():  # a slot may have closed the runner meanwhile
                self._running = [other for other in self._running if other is not running]
        if not self._running:
            self._timer.stop()
