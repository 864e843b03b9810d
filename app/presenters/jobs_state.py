"""The state of the jobs panel and the pure functions that move it."""

from dataclasses import dataclass, replace

from app.views.jobs.rows import JobRow
from core.domain.detections import Detection
from core.domain.errors import UserError
from core.jobs import JobState, Progress

KEPT_FINISHED = 20
KEPT_ERRORS = 200  # the rest is counted; every one stands in the review queue
NOT_STARTED = Progress()


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job of this session.

    Attributes:
        first: progress when the first item was done, and at what second: the time before that (loading the
            model) says nothing about the items to come.
        now_s: second of the newest progress.
        ending: how it ended, once it has.
    """

    key: int
    title: str
    state: JobState = JobState.QUEUED
    progress: Progress = NOT_STARTED
    first: tuple[Progress, float] | None = None
    now_s: float = 0.0
    errors: tuple[str, ...] = ()
    error_count: int = 0
    ending: str = ""


JobRecords = tuple[JobRecord, ...]  # newest first


def add_job(records: JobRecords, key: int, title: str) -> JobRecords:
    """A job was submitted; the oldest finished ones are forgotten."""
    finished = [record.key for record in records if record.state.is_final]
    forgotten = set(finished[KEPT_FINISHED:])
    return (JobRecord(key, title), *(record for record in records if record.key not in forgotten))


def progress_job(records: JobRecords, key: int, progress: Progress, now_s: float) -> JobRecords:
    """A job reported how far it is."""
    record = _find(records, key)
    restarted = record.first is None or progress.total != record.first[0].total
    first = (progress, now_s) if restarted and progress.done > 0 else None if restarted else record.first
    newer = replace(record, state=JobState.RUNNING, progress=progress, first=first, now_s=now_s)
    return _put(records, newer)


def take_partial(records: JobRecords, key: int, partial: object) -> JobRecords:
    """A job handed over a partial result; an image that failed is noted."""
    detection = getattr(partial, "detection", None)
    if not isinstance(detection, Detection) or not detection.error:
        return records
    record = _find(records, key)
    errors = record.errors
    if len(errors) < KEPT_ERRORS:
        errors = (*errors, f"{detection.image_name}: {detection.error}")
    return _put(records, replace(record, errors=errors, error_count=record.error_count + 1))


def end_job(records: JobRecords, key: int, state: JobState, ending: str) -> JobRecords:
    """A job is over."""
    return _put(records, replace(_find(records, key), state=state, ending=ending))


def clear_finished(records: JobRecords) -> JobRecords:
    """Forget what is over."""
    return tuple(record for record in records if not record.state.is_final)


def row_of(record: JobRecord) -> JobRow:
    """What the panel shows of a job."""
    return JobRow(
        key=record.key,
        title=record.title,
        text=_text(record),
        fraction=_fraction(record.progress),
        state=record.state,
        errors=record.errors,
        error_count=record.error_count,
    )


def activity_of(records: JobRecords) -> tuple[str, float | None]:
    """The one line on what is at work: its text (empty = nothing is) and how far it is."""
    live = [record for record in reversed(records) if not record.state.is_final]
    if not live:
        return "", None
    shown = next((record for record in live if record.state is JobState.RUNNING), live[0])
    more = f"  (+{len(live) - 1})" if len(live) > 1 else ""
    return f"{shown.title} · {_text(shown)}{more}", _fraction(shown.progress)


def remaining_s(record: JobRecord) -> float | None:
    """Seconds until the last item, at the pace so far; None while that cannot be said."""
    if record.first is None:
        return None
    since, done = record.now_s - record.first[1], record.progress.done - record.first[0].done
    if done <= 0 or since <= 0:
        return None
    return (record.progress.total - record.progress.done) * since / done


def duration_text(seconds: float) -> str:
    """A duration as a person says it."""
    if seconds < 55:
        return f"{max(1, round(seconds))} s"
    if seconds < 55 * 60:
        return f"{max(1, round(seconds / 60))} min"
    return f"{seconds / 3600:.1f} h"


def ending_of(error: Exception) -> str:
    """How a failed job ended, as a sentence."""
    return str(error) if isinstance(error, UserError) else f"Stopped by a mistake in Residua: {error!r}"


def _text(record: JobRecord) -> str:
    if record.ending:
        return record.ending
    if record.state is JobState.QUEUED:
        return "waiting"
    parts = [record.progress.text] if record.progress.text else []
    if record.progress.total:
        parts.append(f"{record.progress.done:,} of {record.progress.total:,}")
    if (left := remaining_s(record)) is not None:
        parts.append(f"{duration_text(left)} left")
    return " · ".join(parts) or "at work"


def _fraction(progress: Progress) -> float | None:
    return min(1.0, progress.done / progress.total) if progress.total else None


def _find(records: JobRecords, key: int) -> JobRecord:
    return next(record for record in records if record.key == key)


def _put(records: JobRecords, newer: JobRecord) -> JobRecords:
    return tuple(newer if record.key == newer.key else record for record in records)
