"""What Residua knows of a defect, as columns of its KLARF: the reviewer's class, the model's class, the score."""

from collections.abc import Mapping, Sequence

from core.domain.review import ReviewItem
from core.domain.wafers import LotSites
from core.klarf.column_edits import NewColumn
from core.services.klarf.class_numbers import ClassNumbers

HUMAN_COLUMN, MODEL_COLUMN, SCORE_COLUMN = "MANSEMCLASS", "AUTOOFFSEMCLASS", "RESIDUASCORE"
NOT_MEASURED = "-1"
"""In the place of a score where there is none: scores are never negative, and a row has no empty cell."""
_UNCLASSIFIED = "0"
_NORMAL = "normal"


def annotation_columns(
    items: Sequence[ReviewItem], sites: LotSites, human: Mapping[int, int], book: ClassNumbers
) -> tuple[NewColumn, ...]:
    """The columns that have anything to say.

    Args:
        items: of the lot.
        sites: of its KLARF.
        human: class number by defect, of the decided ones.
        book: gives the model's classes their numbers; new ones are appended to the file's lookup.
    """
    shown = _by_defect(items, sites)
    columns = (
        NewColumn(
            HUMAN_COLUMN, "int32", {defect: str(number) for defect, number in human.items()}, _UNCLASSIFIED
        ),
        NewColumn(MODEL_COLUMN, "int32", _model_numbers(shown, book), _UNCLASSIFIED),
        NewColumn(SCORE_COLUMN, "float", _scores(shown), NOT_MEASURED),
    )
    return tuple(column for column in columns if column.values)


def _by_defect(items: Sequence[ReviewItem], sites: LotSites) -> dict[int, list[ReviewItem]]:
    """The measured images of each defect, in the order of the file."""
    shown: dict[int, list[ReviewItem]] = {}
    for item in items:
        defect = sites.defect_of.get(item.record.name)
        if defect is not None and item.detection is not None:
            shown.setdefault(defect, []).append(item)
    return dict(sorted(shown.items()))


def _scores(shown: Mapping[int, Sequence[ReviewItem]]) -> dict[int, str]:
    """The highest of a defect's images."""
    scores: dict[int, str] = {}
    for defect, items in shown.items():
        found = [
            item.detection.score for item in items if item.detection and item.detection.score is not None
        ]
        if found:
            scores[defect] = f"{max(found):.4f}"
    return scores


def _model_numbers(shown: Mapping[int, Sequence[ReviewItem]], book: ClassNumbers) -> dict[int, str]:
    """The class that the detector is surest of among a defect's images."""
    numbers: dict[int, str] = {}
    for defect, items in shown.items():
        guesses = [item.detection.guess for item in items if item.detection and item.detection.guess]
        if guesses:
            best = max(guesses, key=lambda guess: guess.confidence)
            is_normal = best.name.casefold() == _NORMAL
            numbers[defect] = _UNCLASSIFIED if is_normal else str(book.number_of(book.named(best.name)))
    return numbers
