"""How good the machine's word and the reviewers' agreement are, as far as decisions tell."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.decisions import Decision, DefectClass, Verdict
from core.domain.detections import ModelVerdict
from core.domain.review import ReviewItem
from core.domain.wafers import LotSites
from core.domain.words import MODEL_WORDS, VERDICT_WORDS
from core.reporting.agreement import kappa, paired_votes
from core.reporting.class_quality import ClassQuality, compare_classes
from core.reporting.escape_audit import EscapeAudit, measure_escapes
from core.reporting.shares import Confusion, Share, count_pairs
from core.reporting.totals import is_flagged, model_outcome

_NO_DEFECT = (Verdict.NUISANCE, Verdict.FALSE)


@dataclass(frozen=True, slots=True)
class LotQuality:
    """What can be said of the quality of a lot's review.

    Attributes:
        verdicts: reviewers' verdicts by the model's; None where nothing is decided and measured.
        purity: real / decided as real or as none, of those the model called NG.
        accuracy: flagged / real, of the decided images. The images it passed are there only as far as somebody looked
            at them; the escape audit says what that leaves open.
        reject_rate: called Unknown / measured.
        class_source: who gave classes beside the reviewers: "the manifest", "the KLARF" or "the model"; empty where
            nobody did.
        classes: one line a class; empty where no image has one by that source and one by a reviewer.
        class_confusion: reviewers' classes by that source's; None where there is no pair.
        agreement: images to which their last two reviewers gave the same verdict / images with two.
        kappa: the same beyond chance (Cohen); None where there is no pair, or chance alone agrees always.
        escapes: the escape audit.
    """

    verdicts: Confusion | None
    purity: Share
    accuracy: Share
    reject_rate: Share
    class_source: str
    classes: tuple[ClassQuality, ...]
    class_confusion: Confusion | None
    agreement: Share
    kappa: float | None
    escapes: EscapeAudit


def measure_quality(
    items: Sequence[ReviewItem],
    classes: Sequence[DefectClass],
    decisions: Sequence[Decision],
    sites: LotSites | None = None,
) -> LotQuality:
    """Compare what machine, file and reviewers said; what has no truth beside it is not measured."""
    judged = [item for item in items if item.judgement.verdict is not None and _is_measured(item)]
    ng = [item for item in judged if model_outcome(item) == ModelVerdict.NG]
    real = [item for item in judged if item.judgement.verdict is Verdict.REAL]
    measured = [item for item in items if _is_measured(item)]
    named = compare_classes(items, classes, sites)
    votes = list(paired_votes(decisions, {item.image_id for item in items}))
    return LotQuality(
        verdicts=_verdict_confusion(judged),
        purity=Share(
            sum(item.judgement.verdict is Verdict.REAL for item in ng),
            sum(item.judgement.verdict in (Verdict.REAL, *_NO_DEFECT) for item in ng),
        ),
        accuracy=Share(sum(map(is_flagged, real)), len(real)),
        reject_rate=Share(
            sum(model_outcome(item) == ModelVerdict.UNKNOWN for item in measured), len(measured)
        ),
        class_source=named.source,
        classes=named.lines,
        class_confusion=named.confusion,
        agreement=Share(sum(one is other for one, other in votes), len(votes)),
        kappa=kappa(votes),
        escapes=measure_escapes(items),
    )


def quality_lines(quality: LotQuality) -> list[tuple[str, str, str]]:
    """Name, figure with interval, and formula."""
    escapes = quality.escapes
    beyond_chance = "" if quality.kappa is None else f"; kappa {quality.kappa:.2f}"
    return [
        ("Purity of NG", str(quality.purity), "real / decided real, nuisance or false, of those called NG"),
        ("Accuracy", str(quality.accuracy), "flagged / real, of the decided images"),
        ("Reject rate", str(quality.reject_rate), "called Unknown / measured"),
        (
            "Reviewer agreement",
            f"{quality.agreement}{beyond_chance}",
            "same verdict / images judged by two reviewers",
        ),
        (
            "DOI capture",
            str(escapes),
            f"real flagged / all real, estimated from {escapes.drawn} drawn of {escapes.passed} passed images, "
            f"{escapes.escapes} of them real",
        ),
    ]


def _is_measured(item: ReviewItem) -> bool:
    return model_outcome(item) in tuple(ModelVerdict)


def _verdict_confusion(judged: Sequence[ReviewItem]) -> Confusion | None:
    if not judged:
        return None
    pairs = [
        (VERDICT_WORDS[item.judgement.verdict], MODEL_WORDS[ModelVerdict(model_outcome(item))])
        for item in judged
        if item.judgement.verdict is not None
    ]
    return count_pairs(pairs, tuple(VERDICT_WORDS.values()), tuple(MODEL_WORDS.values()))
