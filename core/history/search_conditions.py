"""What a search asks for, as conditions on the images of all lots."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from core.domain.search import UNDECIDED_WORD, SearchQuery
from core.history.schema import classes, decisions, images, judgements, lots, predictions, runs
from core.history.search_index import contains, names, notes, rows_with

_last_decision = (
    select(func.max(decisions.c.id))
    .where(decisions.c.image_id == images.c.id)
    .correlate(images)
    .scalar_subquery()
)
_decided = or_(judgements.c.verdict.is_not(None), judgements.c.class_id.is_not(None))


def matching(query: SearchQuery) -> Select[tuple[Any, ...]]:
    """The images that fit, in no order."""
    joined = (
        images.join(lots, lots.c.id == images.c.lot_id)
        .outerjoin(judgements, judgements.c.image_id == images.c.id)
        .outerjoin(classes, classes.c.id == judgements.c.class_id)
        .outerjoin(decisions, decisions.c.id == _last_decision)
    )
    holds = [
        images.c.superseded == 0,
        *(_anywhere(word) for word in query.words),
        *(_in(key, word) for key, word in query.texts),
        *_verdicts(query.verdicts),
        *_days(query),
    ]
    return (
        select(
            lots.c.id.label("lot_id"),
            lots.c.name.label("lot_name"),
            images.c.id.label("image_id"),
            images.c.name.label("image_name"),
            judgements.c.verdict,
            classes.c.name.label("class_name"),
            judgements.c.note,
            decisions.c.reviewer,
            decisions.c.decided_at_utc,
        )
        .select_from(joined)
        .where(and_(*holds))
    )


def _anywhere(word: str) -> ColumnElement[bool]:
    return or_(*(_in(key, word) for key in ("lot", "image", "class", "note", "reviewer", "recipe")))


def _in(key: str, word: str) -> ColumnElement[bool]:
    """Whether the word occurs in a lot's, image's … name or in the note in force."""
    return _CONDITIONS[key](word)


def _in_lot(word: str) -> ColumnElement[bool]:
    return images.c.lot_id.in_(select(lots.c.id).where(contains(lots.c.name, word)))


def _in_image(word: str) -> ColumnElement[bool]:
    return images.c.id.in_(rows_with(names, word))


def _in_class(word: str) -> ColumnElement[bool]:
    return judgements.c.class_id.in_(
        select(classes.c.id).where(classes.c.name_key.contains(word.casefold(), autoescape=True))
    )


def _in_note(word: str) -> ColumnElement[bool]:
    """In the last decision's note: it is the one in force."""
    return decisions.c.id.in_(rows_with(notes, word))


def _in_reviewer(word: str) -> ColumnElement[bool]:
    return _decided & contains(decisions.c.reviewer, word)


def _in_recipe(word: str) -> ColumnElement[bool]:
    named = select(runs.c.id).where(contains(runs.c.recipe_name, word))
    return images.c.id.in_(select(predictions.c.image_id).where(predictions.c.run_id.in_(named)))


def _verdicts(wanted: frozenset[str]) -> list[ColumnElement[bool]]:
    if not wanted:
        return []
    given = judgements.c.verdict.in_(sorted(wanted))
    return [or_(given, ~_decided, judgements.c.image_id.is_(None)) if UNDECIDED_WORD in wanted else given]


def _days(query: SearchQuery) -> list[ColumnElement[bool]]:
    holds: list[ColumnElement[bool]] = []
    if query.after is not None:
        holds.append(_decided & (decisions.c.decided_at_utc >= query.after.isoformat()))
    if query.before is not None:
        following = (query.before + timedelta(days=1)).isoformat()
        holds.append(_decided & (decisions.c.decided_at_utc < following))
    return holds


_CONDITIONS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "lot": _in_lot,
    "image": _in_image,
    "class": _in_class,
    "note": _in_note,
    "reviewer": _in_reviewer,
    "recipe": _in_recipe,
}
