"""How good the machine's word and the reviewers' agreement are, as far as decisions tell."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.domain.decisions import Decision, DefectClass, Verdict
from core.domain.detections import ModelVerdict
from core.domain.ids import ClassId, ImageId
from core.domain.lots import ImageRecord
from core.domain.review import ReviewItem
from core.domain.words import MODEL_WORDS, VERDICT_WORDS
from core.reporting.escape_audit import EscapeAudit, measure_escapes
from core.reporting.shares import Confusion, Share, count_pairs
from core.reporting.totals import classes_by_id, is_flagged, model_outcome, unlisted_class

_NO_DEFECT = (Verdict.NUISANCE, Verdict.FALSE)
_NO_CLASS = "no class"


@dataclass(frozen=True, slots=True)
class ClassQuality:
    """How the class that the lot's file gave met the class that the reviewer gave.

    Attributes:
        purity: right / all that were given the class by the file.
        accuracy: right / all that truly are of it.
        contribution: of it / all that were classified.
    """

    name: str
    purity: Share
    accuracy: Share
    contribution: Share


@dataclass(frozen=True, slots=True)
class LotQuality:
    """What can be said of the quality of a lot's review.

    Attributes:
        verdicts: reviewers' verdicts by the model's; None where nothing is decided and measured.
        purity: real / decided as real or as none, of those the model called NG.
        accuracy: flagged / real, of the decided images. The images it passed are there only as far as somebody looked
            at them; the escape audit says what that leaves open.
        reject_rate: called Unknown / measured.
        classes: one line a class of the file or the reviewers; empty where the file gives none.
        class_confusion: reviewers' classes by the file's; None where there is no pair.
        agreement: images to which their last two reviewers gave the same verdict / images with two.
        kappa: the same beyond chance (Cohen); None where there is no pair, or chance alone agrees always.
        escapes: the escape audit.
    """

    verdicts: Confusion | None
    purity: Share
    accuracy: Share
    reject_rate: Share
    classes: tuple[ClassQuality, ...]
    class_confusion: Confusion | None
    agreement: Share
    kappa: float | None
    escapes: EscapeAudit


def measure_quality(
    items: Sequence[ReviewItem], classes: Sequence[DefectClass], decisions: Sequence[Decision]
) -> LotQuality:
    """Compare what machine, file and reviewers said; what has no truth beside it is not measured."""
    judged = [item for item in items if item.judgement.verdict is not None and _is_measured(item)]
    ng = [item for item in judged if model_outcome(item) == ModelVerdict.NG]
    real = [item for item in judged if item.judgement.verdict is Verdict.REAL]
    measured = [item for item in items if _is_measured(item)]
    named = list(_class_pairs(items, classes))
    votes = list(_votes(decisions, {item.image_id for item in items}))
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
        classes=_class_lines(named),
        class_confusion=count_pairs(named) if named else None,
        agreement=Share(sum(one is other for one, other in votes), len(votes)),
        kappa=_kappa(votes),
        escapes=measure_escapes(items),
    )


def quality_lines(quality: LotQuality) -> list[tuple[str, str, str]]:
    """Name, figure with interval, and formula."""
    escapes = quality.escapes
    kappa = "" if quality.kappa is None else f"; κ = {quality.kappa:.2f}"
    return [
        ("Purity of NG", str(quality.purity), "real / decided real, nuisance or false, of those called NG"),
        ("Accuracy", str(quality.accuracy), "flagged / real, of the decided images"),
        ("Reject rate", str(quality.reject_rate), "called Unknown / measured"),
        (
            "Reviewer agreement",
            f"{quality.agreement}{kappa}",
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


def _class_pairs(items: Sequence[ReviewItem], classes: Sequence[DefectClass]) -> Iterator[tuple[str, str]]:
    """(reviewer's class, file's label) of the images that were decided and have a label."""
    known: Mapping[ClassId, DefectClass] = classes_by_id(classes)
    for item in items:
        if item.is_decided and isinstance(item.record, ImageRecord) and item.record.label:
            class_id = item.judgement.class_id
            given = None if class_id is None else known.get(class_id) or unlisted_class(class_id)
            yield (_NO_CLASS if given is None else given.name), item.record.label


def _class_lines(pairs: Sequence[tuple[str, str]]) -> tuple[ClassQuality, ...]:
    """Names meet in any letter case."""
    folded = [(truth.casefold(), label.casefold()) for truth, label in pairs]
    spelled = {name.casefold(): name for pair in pairs for name in pair}
    of_truth, of_label = Counter(truth for truth, _ in folded), Counter(label for _, label in folded)
    right = Counter(truth for truth, label in folded if truth == label)
    classified = sum(truth != _NO_CLASS for truth, _ in folded)
    return tuple(
        ClassQuality(
            spelled[name],
            purity=Share(right[name], of_label[name]),
            accuracy=Share(right[name], of_truth[name]),
            contribution=Share(of_truth[name], classified),
        )
        for name in sorted(spelled)
        if name != _NO_CLASS
    )


def _votes(decisions: Sequence[Decision], of_lot: set[ImageId]) -> Iterator[tuple[Verdict, Verdict]]:
    """The verdicts of the two reviewers who judged an image last; what was undone was not said."""
    undone = {made.undo_of for made in decisions}
    said: dict[ImageId, dict[str, Verdict]] = defaultdict(dict)
    for made in decisions:
        if (
            made.id not in undone
            and made.undo_of is None
            and made.after.verdict is not None
            and made.image_id in of_lot
        ):
            said[made.image_id].pop(made.reviewer, None)
            said[made.image_id][made.reviewer] = made.after.verdict
    for verdicts in said.values():
        if len(verdicts) > 1:
            one, other = list(verdicts.values())[-2:]
            yield one, other


def _kappa(votes: Sequence[tuple[Verdict, Verdict]]) -> float | None:
    """Cohen 1960: (observed - chance) / (1 - chance)."""
    if not votes:
        return None
    first, second = Counter(one for one, _ in votes), Counter(other for _, other in votes)
    chance = sum(first[verdict] * second[verdict] for verdict in Verdict) / len(votes) ** 2
    observed = sum(one is other for one, other in votes) / len(votes)
    return None if chance == 1 else (observed - chance) / (1 - chance)
