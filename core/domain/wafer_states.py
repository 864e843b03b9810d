"""What is known of the defects on wafers beside their places: decided, counted, and which lots have any."""

from dataclasses import dataclass

from core.domain.decisions import Killer, Verdict
from core.domain.ids import ClassId, LotId
from core.domain.pareto import WaferKey
from core.domain.wafers import WaferPlan


@dataclass(frozen=True, slots=True)
class DecidedDefect:
    """The engineer's word on a defect, by its number in the lot's file."""

    number: int
    class_id: ClassId | None
    verdict: Verdict | None
    killer: Killer


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many defects of a wafer are in the same state.

    Attributes:
        class_number: of the file's class lookup; None where the file gives none.
    """

    wafer: WaferKey
    class_id: ClassId | None
    verdict: Verdict | None
    killer: Killer
    class_number: float | None
    defects: int


@dataclass(frozen=True, slots=True)
class WaferLot:
    """A lot whose wafers are known.

    Attributes:
        wafers: how many.
        plan: of the first; None where the file tells of none.
    """

    id: LotId
    name: str
    wafers: int
    plan: WaferPlan | None
