"""The one job that a dialog runs at a time, and how far it is."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.job_runner import JobRunner, RunningJob
from core.domain.errors import UserError
from core.jobs import Job, Progress

GPU_LANE = "gpu"


class DialogJob(QObject):
    """Runs a job for a dialog and dies with it; a job that is under way when the dialog is closed ends unheard.

    Emits `progressed` any number of times, then one of `succeeded` and `complained` unless the job was stopped or
    failed by a mistake of ours, then `progressed` with None.

    Args:
        runner: runs it.
        title: what it does, for the jobs panel.
        report_failure: hears of mistakes of ours.
        parent: the dialog's presenter.
    """

    progressed = Signal(object)  # Progress; None: nothing is running
    succeeded = Signal(object)  # the job's result
    complained = Signal(str)  # what the engineer can mend

    def __init__(
        self,
        runner: JobRunner,
        title: str,
        report_failure: Callable[[BaseException], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._runner, self._title, self._report_failure = runner, title, report_failure
        self._running: RunningJob | None = None

    def start(self, job: Job[object]) -> None:
        """Run it; the dialog sees to it that there is none yet."""
        running = self._runner.start(job, title=self._title, lane=GPU_LANE)
        self._running = running
        # bound methods: Qt lets go of them when the dialog is closed before the job has stopped
        running.progressed.connect(self.progressed)
        running.succeeded.connect(self.succeeded)
        running.failed.connect(self._on_failed)
        running.finished.connect(self._on_finished)

    def cancel(self) -> None:
        """Stop it, if there is one."""
        if self._running is not None:
            self._running.cancel()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.complained.emit(str(error))
        else:
            self._report_failure(error)

    def _on_finished(self) -> None:
        self._running = None
        self.progressed.emit(None)


def progress_text(progress: Progress | None) -> str:
    """What the job is doing, as in "learning · 3 of 40"; empty while nothing runs."""
    if progress is None:
        return ""
    count = f" · {progress.done:,} of {progress.total:,}" if progress.total else ""
    return f"{progress.text or 'waiting'}{count}"


def fraction_of(progress: Progress | None) -> float | None:
    """How far it is; None while nobody knows."""
    return progress.done / progress.total if progress and progress.total else None
