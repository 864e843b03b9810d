"""A decision's detection, run again."""

from dataclasses import dataclass

from core.domain.decisions import Decision
from core.domain.detections import Detection
from core.domain.review import Run

SAME_SCORE = 1e-4
"""Scores that differ by no more are the same: devices and their threads add in other orders."""


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What the reviewer was shown when deciding, and what the same recipe and model say now.

    Attributes:
        run: that showed it.
        then, now: two measured detections.
        device: where it was run again.
        app_version: of the application that ran it again.
    """

    decision: Decision
    run: Run
    then: Detection
    now: Detection
    device: str
    app_version: str

    @property
    def difference(self) -> float:
        """Between the two scores."""
        return abs((self.now.score or 0.0) - (self.then.score or 0.0))

    @property
    def agrees(self) -> bool:
        """Whether the score is the same."""
        return self.difference <= SAME_SCORE
