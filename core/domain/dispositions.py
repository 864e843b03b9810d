"""What becomes of a lot or a wafer: another vocabulary than what a defect turned out to be, signed by two."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.domain.ids import DispositionId, LotId

WHOLE_LOT = ""
"""In the place of a wafer's name."""


class DispositionWord(StrEnum):
    """What is done with the material."""

    RELEASE = "release"
    HOLD = "hold"
    REWORK = "rework"
    SCRAP = "scrap"
    ENGINEERING_REVIEW = "engineering_review"
    RETEST = "retest"
    USE_AS_IS = "use_as_is"


@dataclass(frozen=True, slots=True)
class DispositionDraft:
    """A disposition to be signed.

    Attributes:
        wafer: its name; WHOLE_LOT for the lot.
        reason: needed for every word but release.
        owner: who has to see to it; may be empty.
        due: until when.
    """

    lot_id: LotId
    word: DispositionWord
    wafer: str = WHOLE_LOT
    reason: str = ""
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, and when."""

    reviewer: str
    at_utc: datetime


@dataclass(frozen=True, slots=True)
class Disposition:
    """A signed disposition. A later one of the same lot or wafer takes its place; none is ever removed.

    Attributes:
        signed: by whom it was given.
        countersigned: by a second person; None until then, and it is not in force before.
    """

    id: DispositionId
    given: DispositionDraft
    signed: Signature
    countersigned: Signature | None = None

    @property
    def is_in_force(self) -> bool:
        """Whether two people signed."""
        return self.countersigned is not None


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are one reviewer's: letter case and spaces do not make another person."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
