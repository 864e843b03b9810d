"""The engineer's word: verdicts, classes and decisions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.ids import ClassId, DecisionId, ImageId


class Verdict(StrEnum):
    """What a suspected defect turned out to be."""

    REAL = "real"
    NUISANCE = "nuisance"
    FALSE = "false"
    NON_VISUAL = "non_visual"
    CANNOT_DETERMINE = "cannot_determine"


class Killer(StrEnum):
    """Whether the defect kills the die; unknown is a valid answer."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DefectClass:
    """A named class of defects with a stable id.

    Attributes:
        code: the fab's class number, if it has one.
        color: "#rrggbb" on screen and in reports.
        slot: number key 1-9 or 0 that assigns it, if any.
    """

    id: ClassId
    name: str
    code: int | None = None
    color: str = "#8ab4f8"
    slot: int | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is decided of an image: the state a decision moves it to. All-None means undecided."""

    verdict: Verdict | None = None
    class_id: ClassId | None = None
    killer: Killer = Killer.UNKNOWN
    note: str = ""


UNDECIDED = Judgement()


@dataclass(frozen=True, slots=True)
class Decision:
    """One durable row: who moved which image from which judgement to which, and on what evidence.

    Attributes:
        undo_of: the decision that this one takes back, if it is an undo.
        recipe_sha256, model_sha256: fingerprint of what the reviewer was shown; empty when nothing was.
    """

    id: DecisionId
    image_id: ImageId
    before: Judgement
    after: Judgement
    reviewer: str
    decided_at_utc: datetime
    recipe_sha256: str = ""
    model_sha256: str = ""
    app_version: str = ""
    undo_of: DecisionId | None = None
