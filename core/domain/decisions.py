"""The engineer's word: verdicts, classes and decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.domain.ids import ClassId, CropId, DecisionId, ImageId


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
        retired: no longer offered; what is labelled with it keeps the label.
        description: what it looks like and where it comes from.
        killer: whether such a defect kills the die; what is labelled with the class takes it over.
        exemplars: crops that show it best.
        merged_into: the class that took its labels over, if it was merged.
    """

    id: ClassId
    name: str
    code: int | None = None
    color: str = "#8ab4f8"
    slot: int | None = None
    retired: bool = False
    description: str = ""
    killer: Killer = Killer.UNKNOWN
    exemplars: tuple[CropId, ...] = ()
    merged_into: ClassId | None = None


@dataclass(frozen=True, slots=True)
class ClassDraft:
    """A class that is yet to be made; the fields are those of DefectClass."""

    name: str
    code: int | None = None
    color: str = "#8ab4f8"
    slot: int | None = None
    description: str = ""
    killer: Killer = Killer.UNKNOWN
    exemplars: tuple[CropId, ...] = ()
    retired: bool = False


@dataclass(frozen=True, slots=True)
class ClassUsage:
    """What bears a class now.

    Attributes:
        images: labelled with it, by the lot's name.
        clusters: of discoveries.
    """

    images: tuple[tuple[str, int], ...] = ()
    clusters: int = 0

    @property
    def image_count(self) -> int:
        """Labelled images in all lots."""
        return sum(count for _, count in self.images)


@dataclass(frozen=True, slots=True)
class ClassEvent:
    """One line of a class's history.

    Attributes:
        title: the action that it belongs to.
        kind: "do", "undo" or "redo".
        before, after: the fields that changed, by name; `before` is empty where the class was made.
    """

    at_utc: datetime
    reviewer: str
    title: str
    kind: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


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
