"""The escape audit: how many real defects lie below the threshold, from a random draw of what the model passed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.decisions import Verdict
from core.domain.detections import ModelVerdict
from core.domain.lots import ImageRecord
from core.domain.review import ReviewItem
from core.reporting.shares import NOT_MEASURED
from core.reporting.totals import is_flagged, model_outcome, wilson_interval

_ORDER = b"escape audit\0"
_OPEN_VERDICTS = (Verdict.CANNOT_DETERMINE, Verdict.NON_VISUAL)


@dataclass(frozen=True, slots=True)
class EscapeAudit:
    """What the draw says.

    Attributes:
        passed: images that the model called OK.
        drawn: of those, images of the draw that a reviewer has judged.
        unresolved: judged, but neither as a defect nor as none; they count for neither side.
        escapes: drawn images that show a real defect.
        captured: flagged images that show a real defect.
        flagged_undecided: flagged images that nobody has judged.
        capture: low end, estimate and high end (95 %) of the share of real defects that the model flagged.
        reason: why it is not measured; empty where it is.
    """

    passed: int
    drawn: int
    unresolved: int
    escapes: int
    captured: int
    flagged_undecided: int
    capture: tuple[float, float, float] | None
    reason: str

    def __str__(self) -> str:
        if self.capture is None:
            return f"{NOT_MEASURED}: {self.reason}"
        low, estimate, high = (100 * share for share in self.capture)
        return f"{estimate:.1f} % ({low:.1f} – {high:.1f} %)"


def draw_order(items: Sequence[ReviewItem]) -> list[ReviewItem]:
    """The images that the model passed, in the order in which they are drawn.

    The order is that of a hash of each image's own hash: random with regard to what an image shows, and the same again
    whoever asks, so nothing has to be kept and nobody can choose.
    """
    passed = [item for item in items if model_outcome(item) == ModelVerdict.OK]
    return sorted(passed, key=_rank)


def measure_escapes(items: Sequence[ReviewItem]) -> EscapeAudit:
    """Estimate the capture of real defects.

    The draw is as long as its images were judged without a gap; images judged out of turn beyond it do not count, for
    whoever looks at them had a reason. The images not drawn are taken to hold escapes at the rate of the draw, whose
    95 % Wilson interval gives the two ends; a draw of all leaves none to estimate.
    """
    order = draw_order(items)
    drawn = order[: next((place for place, item in enumerate(order) if not item.is_decided), len(order))]
    unresolved = sum(item.judgement.verdict in (*_OPEN_VERDICTS, None) for item in drawn)
    escapes = sum(_is_real(item) for item in drawn)
    flagged = [item for item in items if is_flagged(item)]
    captured = sum(_is_real(item) for item in flagged)
    undecided = sum(not item.is_decided for item in flagged)
    resolved = len(drawn) - unresolved
    reason = _obstacle(len(order), resolved, undecided, captured + escapes)
    capture = None if reason else _capture(captured, escapes, resolved, len(order) - len(drawn))
    return EscapeAudit(len(order), len(drawn), unresolved, escapes, captured, undecided, capture, reason)


def _obstacle(passed: int, resolved: int, undecided: int, real: int) -> str:
    if undecided:
        return f"{undecided} flagged images are not decided"
    if passed and not resolved:
        return "no image of the draw has been judged"
    return "" if real else "no real defect has been found"


def _capture(captured: int, escapes: int, resolved: int, not_drawn: int) -> tuple[float, float, float]:
    low, high = wilson_interval(escapes, resolved) if resolved else (0.0, 0.0)
    rate = escapes / resolved if resolved else 0.0

    def share(missed_rate: float) -> float:
        return captured / (captured + escapes + missed_rate * not_drawn)

    return share(high), share(rate), share(low)


def _is_real(item: ReviewItem) -> bool:
    return item.judgement.verdict is Verdict.REAL


def _rank(item: ReviewItem) -> bytes:
    record = item.record
    content = f"{record.sha256}\0{record.page}" if isinstance(record, ImageRecord) else ""
    return hashlib.sha256(_ORDER + content.encode()).digest() + item.image_id.to_bytes(8, "big")
