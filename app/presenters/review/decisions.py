"""What the decision keys mean: pure functions from an item to the edit that a key makes."""

from collections.abc import Mapping, Sequence

from app.presenters.review.services import JudgementEdit
from app.views.review.words import MODEL_WORDS, VERDICT_WORDS
from core.domain.decisions import DefectClass, Judgement, Killer, Verdict
from core.domain.detections import ModelVerdict
from core.domain.ids import ClassId
from core.domain.lots import FailedImage
from core.domain.review import ReviewItem

SLOTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)
_ACCEPTED = {ModelVerdict.NG: Verdict.REAL, ModelVerdict.OK: Verdict.FALSE}
_WITH_CLASS = (Verdict.REAL, Verdict.NUISANCE)
_NEXT_KILLER = {Killer.UNKNOWN: Killer.YES, Killer.YES: Killer.NO, Killer.NO: Killer.UNKNOWN}
CLEARED = JudgementEdit(verdict=None, class_id=None, killer=Killer.UNKNOWN)


def can_decide(item: ReviewItem | None) -> bool:
    """Whether there is an image to decide of."""
    return item is not None and not isinstance(item.record, FailedImage)


def accept_model(item: ReviewItem, classes: Mapping[ClassId, DefectClass]) -> JudgementEdit | None:
    """The edit that agrees with the model: NG is a real defect, OK is none. None where it has no opinion.

    A class that it suggests goes with NG, where there is such a class.
    """
    verdict = item.detection.verdict if item.detection else None
    if verdict not in _ACCEPTED:
        return None
    named = suggested_class(item, classes)
    if verdict is ModelVerdict.NG and named is not None:
        return edit_class(named.id)
    return edit_verdict(_ACCEPTED[verdict])


def accept_words(item: ReviewItem | None, classes: Mapping[ClassId, DefectClass]) -> str:
    """What accepting would decide, as in "Accept NG as real" or "as bridge"; empty where there is nothing to accept."""
    verdict = item.detection.verdict if item and item.detection else None
    if item is None or verdict is None or verdict not in _ACCEPTED:
        return ""
    named = suggested_class(item, classes) if verdict is ModelVerdict.NG else None
    words = named.name if named else VERDICT_WORDS[_ACCEPTED[verdict]].lower()
    return f"Accept {MODEL_WORDS[verdict]} as {words}"


def suggested_name(item: ReviewItem | None) -> str:
    """The defect class that the model takes the image for; empty where it names none."""
    suggestion = item.detection.suggestion if item and item.detection else None
    return "" if suggestion is None else suggestion.name


def suggested_class(item: ReviewItem | None, classes: Mapping[ClassId, DefectClass]) -> DefectClass | None:
    """The same among the classes in use; None where nothing is suggested, or a class that there is not."""
    name = suggested_name(item).casefold()
    return next((known for known in classes.values() if known.name.casefold() == name), None)


def edit_verdict(verdict: Verdict) -> JudgementEdit:
    """Set a verdict; one that says there is no defect to see takes the class away."""
    if verdict in _WITH_CLASS:
        return JudgementEdit(verdict=verdict)
    return JudgementEdit(verdict=verdict, class_id=None)


def edit_class(class_id: ClassId) -> JudgementEdit:
    """Naming a defect says that it is real."""
    return JudgementEdit(verdict=Verdict.REAL, class_id=class_id)


def edit_killer(before: Killer) -> JudgementEdit:
    """Killer, no killer, unknown, and round again."""
    return JudgementEdit(killer=_NEXT_KILLER[before])


def copy_judgement(judgement: Judgement) -> JudgementEdit:
    """The same verdict, class and killer for other images; a note belongs to one image."""
    return JudgementEdit(verdict=judgement.verdict, class_id=judgement.class_id, killer=judgement.killer)


def free_slot(classes: Sequence[DefectClass]) -> int | None:
    """The first number key that no class has."""
    taken = {known.slot for known in classes}
    return next((slot for slot in SLOTS if slot not in taken), None)


def judgement_words(judgement: Judgement, classes: Mapping[ClassId, DefectClass]) -> str:
    """A judgement in words: "Real · Bridge · killer · “seen before”"."""
    named = classes.get(judgement.class_id) if judgement.class_id is not None else None
    words = [
        VERDICT_WORDS[judgement.verdict] if judgement.verdict else "",
        named.name if named else "",
        {Killer.YES: "killer", Killer.NO: "no killer", Killer.UNKNOWN: ""}[judgement.killer],
        f"“{judgement.note}”" if judgement.note else "",
    ]
    return " · ".join(word for word in words if word) or "Undecided"


def edit_title(
    edit: JudgementEdit, items: Sequence[ReviewItem], classes: Mapping[ClassId, DefectClass]
) -> str:
    """What the undo menu calls the decision, as in "Real · Bridge: site_12.tif" or "Nuisance: 3 images"."""
    subject = items[0].record.name if len(items) == 1 else f"{len(items):,} images"
    return f"{_edit_words(edit, classes)}: {subject}"


def _edit_words(edit: JudgementEdit, classes: Mapping[ClassId, DefectClass]) -> str:
    if "verdict" in edit:
        return judgement_words(Judgement(edit["verdict"], edit.get("class_id")), classes)
    if "killer" in edit:
        return {Killer.YES: "Killer", Killer.NO: "No killer", Killer.UNKNOWN: "Killer unknown"}[
            edit["killer"]
        ]
    return "Note"
