"""Shows the running jobs in the jobs panel and the status line."""

from collections.abc import Callable
from functools import partial
from itertools import count
from time import monotonic

from PySide6.QtCore import QObject

from app.job_runner import JobRunner, RunningJob
from app.presenters import jobs_state as states
from app.views.jobs.panel import JobsPanel
from app.views.shell.status_line import JobIndicator
from core.jobs import JobState, Progress


class JobsPresenter(QObject):
    """Listens to every job that the runner starts."""

    def __init__(
        self,
        runner: JobRunner,
        panel: JobsPanel,
        indicator: JobIndicator,
        clock: Callable[[], float] = monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._panel, self._indicator, self._clock = panel, indicator, clock
        self._records: states.JobRecords = ()
        self._jobs: dict[int, RunningJob] = {}
        self._keys = count()
        runner.started.connect(self._on_started)
        panel.cancel_requested.connect(self.cancel)
        panel.clear_requested.connect(lambda: self._show(states.clear_finished(self._records)))

    @property
    def records(self) -> states.JobRecords:
        """The jobs of this session, newest first."""
        return self._records

    def cancel(self, key: int) -> None:
        """Ask a job to stop; nothing happens when it is over already."""
        if key in self._jobs:
            self._jobs[key].cancel()

    def _on_started(self, running: RunningJob) -> None:
        key = next(self._keys)
        self._jobs[key] = running
        running.progressed.connect(partial(self._on_progressed, key))
        running.partial.connect(partial(self._on_partial, key))
        running.succeeded.connect(lambda _result: self._on_ended(key, JobState.SUCCEEDED, "done"))
        running.failed.connect(lambda error: self._on_ended(key, JobState.FAILED, states.ending_of(error)))
        running.cancelled.connect(lambda: self._on_ended(key, JobState.CANCELLED, "cancelled"))
        self._show(states.add_job(self._records, key, running.title))

    def _on_progressed(self, key: int, progress: Progress) -> None:
        self._show(states.progress_job(self._records, key, progress, self._clock()))

    def _on_partial(self, key: int, found: object) -> None:
        self._show(states.take_partial(self._records, key, found))

    def _on_ended(self, key: int, state: JobState, ending: str) -> None:
        del self._jobs[key]
        self._show(states.end_job(self._records, key, state, ending))

    def _show(self, records: states.JobRecords) -> None:
        if records is self._records:
            return
        self._records = records
        self._panel.set_rows([states.row_of(record) for record in records])
        self._indicator.set_activity(*states.activity_of(records))
