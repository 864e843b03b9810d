"""Every count that a report states, computed once and in one place."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.decisions import DefectClass, Killer, Verdict
from core.domain.detections import ModelVerdict
from core.domain.ids import ClassId
from core.domain.lots import FailedImage
from core.domain.review import ReviewItem

_WILSON_Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """One line of the class table.

    Attributes:
        images: images that were given this class.
        killers: those of them decided to be killers.
        contribution: images / all classified images.
        contribution_low, contribution_high: its 95 % Wilson interval.
        cumulative: contribution of this class and all above it.
    """

    defect_class: DefectClass
    images: int
    killers: int
    contribution: float
    contribution_low: float
    contribution_high: float
    cumulative: float


@dataclass(frozen=True, slots=True)
class LotTotals:
    """The headline counts. All are of rows of the queue: an image, or a file that could not be read as one.

    Attributes:
        images: all rows; = failed + ng + unknown + ok + not_run.
        unreadable: files that are no readable image; part of `failed`.
        failed: unreadable, or the detection ended in an error.
        not_run: readable, but no run has reached them.
        decided, undecided: of the readable ones; images = decided + undecided + unreadable.
        open: NG or unknown by the model, and not decided: what still needs a human.
        verdicts: images per verdict, every verdict listed; `unjudged` are those with a class but no verdict.
        classified: images that were given a class.
        classes: those with at least one image, the largest first.
    """

    images: int
    unreadable: int
    failed: int
    ng: int
    unknown: int
    ok: int
    not_run: int
    decided: int
    undecided: int
    open: int
    verdicts: tuple[tuple[Verdict, int], ...]
    unjudged: int
    killers: int
    classified: int
    classes: tuple[ClassTotal, ...]


def count_lot(items: tuple[ReviewItem, ...], classes: tuple[DefectClass, ...]) -> LotTotals:
    """Count a lot's rows by what the machine and the engineer said of them."""
    outcomes = Counter(model_outcome(item) for item in items)
    unreadable = sum(isinstance(item.record, FailedImage) for item in items)
    decided = [item for item in items if item.is_decided]
    verdicts = Counter(item.judgement.verdict for item in decided)
    class_totals = _count_classes(decided, classes)
    return LotTotals(
        images=len(items),
        unreadable=unreadable,
        failed=outcomes["failed"],
        ng=outcomes[ModelVerdict.NG],
        unknown=outcomes[ModelVerdict.UNKNOWN],
        ok=outcomes[ModelVerdict.OK],
        not_run=outcomes["not_run"],
        decided=len(decided),
        undecided=sum(not item.is_decided for item in items if not isinstance(item.record, FailedImage)),
        open=sum(is_flagged(item) and not item.is_decided for item in items),
        verdicts=tuple((verdict, verdicts[verdict]) for verdict in Verdict),
        unjudged=verdicts[None],
        killers=sum(item.judgement.killer is Killer.YES for item in decided),
        classified=sum(total.images for total in class_totals),
        classes=class_totals,
    )


def model_outcome(item: ReviewItem) -> str:
    """What became of a row: a ModelVerdict's value, "failed" or "not_run"."""
    if isinstance(item.record, FailedImage):
        return "failed"
    if item.detection is None:
        return "not_run"
    return "failed" if item.detection.verdict is None else item.detection.verdict


def is_flagged(item: ReviewItem) -> bool:
    """Whether the model asks for a human: NG or unknown."""
    return model_outcome(item) in (ModelVerdict.NG, ModelVerdict.UNKNOWN)


def classes_by_id(classes: Iterable[DefectClass]) -> dict[ClassId, DefectClass]:
    """Classes by their id."""
    return {defect_class.id: defect_class for defect_class in classes}


def _count_classes(decided: list[ReviewItem], classes: tuple[DefectClass, ...]) -> tuple[ClassTotal, ...]:
    known = classes_by_id(classes)
    counts: Counter[ClassId] = Counter()
    killers: Counter[ClassId] = Counter()
    for item in decided:
        if item.judgement.class_id is not None:
            counts[item.judgement.class_id] += 1
            killers[item.judgement.class_id] += item.judgement.killer is Killer.YES
    named = {class_id: known.get(class_id) or unlisted_class(class_id) for class_id in counts}
    order = sorted(counts, key=lambda class_id: (-counts[class_id], named[class_id].name))
    classified, so_far, totals = counts.total(), 0, []
    for class_id in order:
        so_far += counts[class_id]
        totals.append(_class_total(named[class_id], counts[class_id], killers[class_id], so_far, classified))
    return tuple(totals)


def unlisted_class(class_id: ClassId) -> DefectClass:
    """A stand-in for a class that is referred to but not listed."""
    return DefectClass(class_id, f"class {class_id}")


def _class_total(
    defect_class: DefectClass, images: int, killers: int, so_far: int, classified: int
) -> ClassTotal:
    low, high = wilson_interval(images, classified)
    return ClassTotal(
        defect_class=defect_class,
        images=images,
        killers=killers,
        contribution=images / classified,
        contribution_low=low,
        contribution_high=high,
        cumulative=so_far / classified,
    )


def wilson_interval(hits: int, trials: int) -> tuple[float, float]:
    """95 % Wilson score interval of a share.

    Args:
        hits: 0 … trials.
        trials: at least 1.
    """
    share, z2 = hits / trials, _WILSON_Z**2
    center = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _WILSON_Z / (1 + z2 / trials) * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    return max(0.0, center - half), min(1.0, center + half)
