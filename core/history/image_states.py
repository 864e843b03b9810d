"""What is known of the images of a lot whose defects have no places: each stands for one. Nothing here writes."""

from sqlalchemy import Select, func, select
from sqlalchemy.sql.expression import ColumnElement

from core.domain.decisions import Killer, Verdict
from core.domain.ids import ClassId, ImageId, LotId
from core.domain.wafer_states import DecidedDefect, StateCount
from core.history.database import Database
from core.history.schema import AnyRow, images, judgements, listed


class ImageStates:
    """One history's readable images, usable from any thread; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self, lot_id: LotId) -> dict[ImageId, str]:
        """Names of a lot's images, in lot order."""
        query = select(images.c.id, images.c.name).where(_readable(lot_id)).order_by(images.c.position)
        with self._database.read() as connection:
            return {ImageId(row.id): row.name for row in connection.execute(query)}

    def decided(self, lot_id: LotId) -> tuple[DecidedDefect, ...]:
        """The images of a lot of which something was decided, by their ids."""
        query = _said(images.c.id).where(_readable(lot_id), judgements.c.image_id.is_not(None))
        with self._database.read() as connection:
            return tuple(
                DecidedDefect(row.id, *_word(row), Killer(row.killer)) for row in connection.execute(query)
            )

    def count(self, lot_id: LotId, picked: list[int] | None) -> tuple[StateCount, ...]:
        """How many images are in which state, in one query; they count as if they were of one wafer.

        Args:
            lot_id: whose images.
            picked: ids of the only ones that are meant; None means all.
        """
        said = (judgements.c.class_id, judgements.c.verdict, judgements.c.killer)
        query = _said(func.count().label("defects")).where(_readable(lot_id)).group_by(*said)
        if picked is not None:
            query = query.where(images.c.id.in_(listed(picked)))
        with self._database.read() as connection:
            return tuple(_counted(lot_id, row) for row in connection.execute(query))


def _readable(lot_id: LotId) -> ColumnElement[bool]:
    return (images.c.lot_id == lot_id) & (images.c.superseded == 0) & (images.c.reason == "")


def _said(first: ColumnElement[int]) -> Select[tuple[int, int | None, str | None, str]]:
    return select(first, judgements.c.class_id, judgements.c.verdict, judgements.c.killer).outerjoin_from(
        images, judgements, judgements.c.image_id == images.c.id
    )


def _word(row: AnyRow) -> tuple[ClassId | None, Verdict | None]:
    class_id = None if row.class_id is None else ClassId(row.class_id)
    return class_id, None if row.verdict is None else Verdict(row.verdict)


def _counted(lot_id: LotId, row: AnyRow) -> StateCount:
    killer = Killer.UNKNOWN if row.killer is None else Killer(row.killer)
    return StateCount((lot_id, 0), *_word(row), killer, None, row.defects)
