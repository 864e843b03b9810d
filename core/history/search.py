"""Search over all lots: full-text indices of names and notes, and the attributes beside them.

The indices hold what is never changed, images' names and decisions' notes, so they only grow: a search first adds what
came since the last one. Everything else is small enough to be looked through.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    column,
    func,
    insert,
    literal_column,
    or_,
    select,
    table,
)

from core.domain.ids import ImageId, LotId
from core.domain.search import UNDECIDED_WORD, SearchHit, SearchQuery, SearchResult
from core.history.database import Database
from core.history.schema import (
    AnyRow,
    classes,
    decisions,
    images,
    judgements,
    lots,
    predictions,
    runs,
)

MOST_HITS = 500
_BLOCK = 20_000
_LEAST_INDEXED = 3  # letters of a word that the index knows; shorter ones are looked for row by row

_names = table("image_names", column("rowid"), column("name"))
_notes = table("decision_notes", column("rowid"), column("note"))
_last_decision = (
    select(func.max(decisions.c.id))
    .where(decisions.c.image_id == images.c.id)
    .correlate(images)
    .scalar_subquery()
)
_decided = or_(judgements.c.verdict.is_not(None), judgements.c.class_id.is_not(None))


class Search:
    """One history's search, usable from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(
        self, query: SearchQuery, most: int = MOST_HITS, check: Callable[[], None] = lambda: None
    ) -> SearchResult:
        """The images that fit, those of the lot opened last first.

        Args:
            most: hits that are returned; all are counted.
            check: called between steps; what it raises ends the search.
        """
        self._catch_up(images, images.c.name, _names, check)
        self._catch_up(decisions, decisions.c.after_note, _notes, check)
        check()
        found = _matching(query)
        with self._database.read() as connection:
            total = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
            newest = found.order_by(lots.c.opened_at_utc.desc(), lots.c.id.desc(), images.c.position)
            hits = tuple(_hit(row) for row in connection.execute(newest.limit(most)))
        return SearchResult(hits, total)

    def _catch_up(
        self, source: Table, text: ColumnElement[str], index: Any, check: Callable[[], None]
    ) -> None:
        while True:
            check()
            with self._database.read() as connection:
                if not _lagging(connection, source, index):
                    return
            with self._database.write() as connection:
                _add_block(connection, source, text, index)


def _lagging(connection: Connection, source: Table, index: Any) -> bool:
    newest = select(func.coalesce(func.max(source.c.id), 0)).scalar_subquery()
    return bool(connection.execute(select(newest > _indexed_to(index))).scalar_one())


def _indexed_to(index: Any) -> Any:
    return select(func.coalesce(func.max(index.c.rowid), 0)).scalar_subquery()


def _add_block(connection: Connection, source: Table, text: ColumnElement[str], index: Any) -> None:
    rows = select(source.c.id, text).where(source.c.id > _indexed_to(index)).order_by(source.c.id)
    connection.execute(insert(index).from_select([column("rowid"), text_column(index)], rows.limit(_BLOCK)))


def text_column(index: Any) -> ColumnElement[str]:
    """The one column of an index."""
    return next(found for found in index.c if found.name != "rowid")


def _matching(query: SearchQuery) -> Select[tuple[Any, ...]]:
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
    return images.c.lot_id.in_(select(lots.c.id).where(_contains(lots.c.name, word)))


def _in_image(word: str) -> ColumnElement[bool]:
    return images.c.id.in_(select(_names.c.rowid).where(_indexed(_names, word)))


def _in_class(word: str) -> ColumnElement[bool]:
    return judgements.c.class_id.in_(
        select(classes.c.id).where(classes.c.name_key.contains(word.casefold(), autoescape=True))
    )


def _in_note(word: str) -> ColumnElement[bool]:
    """In the last decision's note: it is the one in force."""
    return decisions.c.id.in_(select(_notes.c.rowid).where(_indexed(_notes, word)))


def _in_reviewer(word: str) -> ColumnElement[bool]:
    return _decided & _contains(decisions.c.reviewer, word)


def _in_recipe(word: str) -> ColumnElement[bool]:
    named = select(runs.c.id).where(_contains(runs.c.recipe_name, word))
    return images.c.id.in_(select(predictions.c.image_id).where(predictions.c.run_id.in_(named)))


def _indexed(index: Any, word: str) -> ColumnElement[bool]:
    if len(word) < _LEAST_INDEXED:
        return _contains(text_column(index), word)
    phrase = '"' + word.replace('"', '""') + '"'
    return literal_column(index.name).op("MATCH", is_comparison=True)(phrase)


def _contains(text: ColumnElement[str], word: str) -> ColumnElement[bool]:
    return text.icontains(word, autoescape=True)


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


def _hit(row: AnyRow) -> SearchHit:
    is_decided = bool(row.verdict or row.class_name)
    return SearchHit(
        lot_id=LotId(row.lot_id),
        lot_name=row.lot_name,
        image_id=ImageId(row.image_id),
        image_name=row.image_name,
        verdict=row.verdict or "",
        class_name=row.class_name or "",
        note=row.note or "",
        reviewer=row.reviewer if is_decided else "",
        decided_at_utc=datetime.fromisoformat(row.decided_at_utc) if is_decided else None,
    )


_CONDITIONS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "lot": _in_lot,
    "image": _in_image,
    "class": _in_class,
    "note": _in_note,
    "reviewer": _in_reviewer,
    "recipe": _in_recipe,
}
