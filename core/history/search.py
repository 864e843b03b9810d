"""Search over all lots: full-text indices of names and notes, and the attributes beside them.

The indices hold what is never changed, so a search first adds what came since the last one. Everything else is small
enough to be looked through.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from core.domain.ids import ImageId, LotId
from core.domain.search import SearchHit, SearchQuery, SearchResult
from core.history.database import Database
from core.history.schema import AnyRow, images, lots
from core.history.search_conditions import matching
from core.history.search_index import catch_up

MOST_HITS = 500


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
        catch_up(self._database, check)
        check()
        found = matching(query)
        with self._database.read() as connection:
            total = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
            newest = found.order_by(lots.c.opened_at_utc.desc(), lots.c.id.desc(), images.c.position)
            hits = tuple(_hit(row) for row in connection.execute(newest.limit(most)))
        return SearchResult(hits, total)


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
