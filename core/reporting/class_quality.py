"""How the classes that a machine gave met those that reviewers gave."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.domain.decisions import DefectClass, Verdict
from core.domain.ids import ClassId, ImageId
from core.domain.lots import ImageRecord
from core.domain.review import ReviewItem
from core.domain.wafers import LotSites
from core.domain.words import VERDICT_WORDS
from core.reporting.shares import Confusion, Share, count_pairs
from core.reporting.totals import classes_by_id, unlisted_class

NO_CLASS = "no class"
CANNOT_DETERMINE = VERDICT_WORDS[Verdict.CANNOT_DETERMINE]
_NORMAL = "normal"
_UNCLASSIFIED = 0
"""The highest number that the field gives a defect that nobody classified: 0 or -1."""


@dataclass(frozen=True, slots=True)
class ClassQuality:
    """How the class that the machine gave met the class that the reviewer gave.

    Attributes:
        purity: right / all that the machine gave the class, those that the reviewer could not determine left out.
        accuracy: right / all that truly are of it.
        contribution: of it / all that were classified.
    """

    name: str
    purity: Share
    accuracy: Share
    contribution: Share


@dataclass(frozen=True, slots=True)
class ClassComparison:
    """All classes of a lot, as far as images have one by a machine and one by a reviewer.

    Attributes:
        source: who the machine is; empty where no image has a class by one.
        lines: one a class; empty where there is no pair.
        confusion: reviewers' classes by the machine's; None where there is no pair.
    """

    source: str
    lines: tuple[ClassQuality, ...]
    confusion: Confusion | None


def compare_classes(
    items: Sequence[ReviewItem], classes: Sequence[DefectClass], sites: LotSites | None
) -> ClassComparison:
    """Compare with the lot's manifest, else with its KLARF, else with the detector's own guesses."""
    source, given = assigned_classes(items, sites)
    known = classes_by_id(classes)
    pairs = [
        (_said(item, known), given[item.image_id])
        for item in items
        if item.is_decided and item.image_id in given
    ]
    return ClassComparison(source, _lines(pairs), count_pairs(_alike(pairs)) if pairs else None)


def assigned_classes(
    items: Sequence[ReviewItem], sites: LotSites | None
) -> tuple[str, Mapping[ImageId, str]]:
    """Who gave classes, and which to what images; one source a lot, for two would not be comparable."""
    candidates = (
        ("the manifest", dict(_manifest_labels(items))),
        ("the KLARF", {} if sites is None else dict(_klarf_classes(items, sites))),
        ("the model", dict(_guesses(items))),
    )
    return next(((source, given) for source, given in candidates if given), ("", {}))


def _manifest_labels(items: Sequence[ReviewItem]) -> Iterator[tuple[ImageId, str]]:
    for item in items:
        if isinstance(item.record, ImageRecord) and item.record.label:
            yield item.image_id, item.record.label


def _klarf_classes(items: Sequence[ReviewItem], sites: LotSites) -> Iterator[tuple[ImageId, str]]:
    for item in items:
        defect = sites.defect_of.get(item.record.name)
        number = None if defect is None else sites.defects.class_numbers[defect]
        if number is not None and number > _UNCLASSIFIED:  # NaN is not
            yield item.image_id, sites.class_names.get(int(number), f"Class {int(number)}")


def _guesses(items: Sequence[ReviewItem]) -> Iterator[tuple[ImageId, str]]:
    for item in items:
        guess = None if item.detection is None else item.detection.guess
        if guess is not None:
            yield item.image_id, NO_CLASS if guess.name.casefold() == _NORMAL else guess.name


def _said(item: ReviewItem, known: Mapping[ClassId, DefectClass]) -> str:
    """The reviewer's class; where there is none, what else it is than a real defect."""
    judgement = item.judgement
    if judgement.class_id is not None:
        return (known.get(judgement.class_id) or unlisted_class(judgement.class_id)).name
    if judgement.verdict in (None, Verdict.REAL):
        return NO_CLASS
    return VERDICT_WORDS[judgement.verdict]


def _alike(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names that differ in letter case alone are one, spelled as they last were."""
    spelled = {name.casefold(): name for pair in pairs for name in pair}
    return [(spelled[truth.casefold()], spelled[given.casefold()]) for truth, given in pairs]


def _lines(pairs: Sequence[tuple[str, str]]) -> tuple[ClassQuality, ...]:
    alike = _alike(pairs)
    determined = [pair for pair in alike if pair[0] != CANNOT_DETERMINE]
    of_truth = Counter(truth for truth, _ in determined)
    of_given = Counter(given for _, given in determined)
    right = Counter(truth for truth, given in determined if truth == given)
    classified = sum(truth != NO_CLASS for truth, _ in determined)
    names = {name for pair in alike for name in pair} - {NO_CLASS, CANNOT_DETERMINE}
    return tuple(
        ClassQuality(
            name,
            purity=Share(right[name], of_given[name]),
            accuracy=Share(right[name], of_truth[name]),
            contribution=Share(of_truth[name], classified),
        )
        for name in sorted(names, key=str.casefold)
    )
