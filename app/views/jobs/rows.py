"""What the jobs panel shows of one job."""

from dataclasses import dataclass

from core.jobs import JobState


@dataclass(frozen=True, slots=True)
class JobRow:
    """One line of the jobs panel.

    Attributes:
        key: says which job is meant when its cancel button is pressed.
        text: how far it is and how long it takes, or how it ended.
        fraction: done, 0 to 1; None = not known.
        errors: sentences on items that failed while the job went on, the first of `error_count`.
    """

    key: int
    title: str
    text: str
    fraction: float | None
    state: JobState
    errors: tuple[str, ...] = ()
    error_count: int = 0
