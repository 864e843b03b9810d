"""Full-text indices of images' names and decisions' notes: what is never changed, so that they only grow."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    column,
    func,
    insert,
    literal_column,
    select,
    table,
)

from core.history.database import Database
from core.history.schema import decisions, images

_BLOCK = 20_000
_LEAST_INDEXED = 3  # letters of a word that the index knows; shorter ones are looked for row by row

names = table("image_names", column("rowid"), column("name"))
notes = table("decision_notes", column("rowid"), column("note"))


def catch_up(database: Database, check: Callable[[], None]) -> None:
    """Add to the indices what came since they were last asked, in blocks.

    Args:
        check: called between blocks; what it raises ends it.
    """
    _catch_up(database, images, images.c.name, names, check)
    _catch_up(database, decisions, decisions.c.after_note, notes, check)


def _catch_up(
    database: Database, source: Table, text: ColumnElement[str], index: Any, check: Callable[[], None]
) -> None:
    while True:
        check()
        with database.read() as connection:
            if not _lagging(connection, source, index):
                return
        with database.write() as connection:
            _add_block(connection, source, text, index)


def _lagging(connection: Connection, source: Table, index: Any) -> bool:
    newest = select(func.coalesce(func.max(source.c.id), 0)).scalar_subquery()
    return bool(connection.execute(select(newest > _indexed_to(index))).scalar_one())


def _indexed_to(index: Any) -> Any:
    return select(func.coalesce(func.max(index.c.rowid), 0)).scalar_subquery()


def _add_block(connection: Connection, source: Table, text: ColumnElement[str], index: Any) -> None:
    rows = select(source.c.id, text).where(source.c.id > _indexed_to(index)).order_by(source.c.id)
    connection.execute(insert(index).from_select([column("rowid"), _text_of(index)], rows.limit(_BLOCK)))


def _text_of(index: Any) -> ColumnElement[str]:
    """The one column of an index."""
    return next(found for found in index.c if found.name != "rowid")


def rows_with(index: Any, word: str) -> Any:
    """The ids of an index's rows in which a word occurs, in any letter case."""
    return select(index.c.rowid).where(_holds(index, word))


def _holds(index: Any, word: str) -> ColumnElement[bool]:
    if len(word) < _LEAST_INDEXED:
        return contains(_text_of(index), word)
    phrase = '"' + word.replace('"', '""') + '"'
    return literal_column(index.name).op("MATCH", is_comparison=True)(phrase)


def contains(text: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a word occurs in a text, in any letter case of ASCII."""
    return text.icontains(word, autoescape=True)
