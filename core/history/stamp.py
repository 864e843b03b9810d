"""Who, when and with which version: what stands beside every durable change."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """The author of a change.

    Attributes:
        at_utc: ISO 8601 with microseconds, as it is stored.
    """

    reviewer: str
    app_version: str
    at_utc: str


def stamp_now(reviewer: str, app_version: str) -> Stamp:
    """A stamp with the present moment."""
    return Stamp(reviewer, app_version, datetime.now(UTC).isoformat(timespec="microseconds"))
