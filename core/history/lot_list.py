"""The lots screen's lines, and finding a lot by what the user typed."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Subquery, func, or_, select, update

from core.domain.detections import ModelVerdict
from core.domain.ids import ImageId, LotId
from core.domain.paths import source_path, text_of
from core.domain.review import LotSummary
from core.history.schema import AnyRow, images, is_newest_prediction, judgements, lots, predictions

_ASKS_FOR_A_LOOK = (ModelVerdict.NG.value, ModelVerdict.UNKNOWN.value)


def list_lots(connection: Connection) -> tuple[LotSummary, ...]:
    """The lots, newest opened first.

    `flagged` counts what the model called NG or Unknown; failed files count only in `failed`.
    """
    counts = _counts()
    rows = connection.execute(
        select(lots, counts)
        .outerjoin_from(lots, counts, counts.c.lot_id == lots.c.id)
        .order_by(lots.c.opened_at_utc.desc(), lots.c.id.desc())
    )
    return tuple(_summary(row) for row in rows)


def find_lot(connection: Connection, name_or_source: str) -> LotId | None:
    """The lot with this source, else the newest opened with this name."""
    wanted = lots.c.name == text_of(name_or_source)
    source = lots.c.source == text_of(source_path(name_or_source))
    query = select(lots.c.id).where(or_(wanted, source)).order_by(source.desc(), lots.c.opened_at_utc.desc())
    lot_id = connection.execute(query.limit(1)).scalar()
    return None if lot_id is None else LotId(lot_id)


def remember_position(connection: Connection, lot_id: LotId, image_id: ImageId) -> None:
    """Note the image to come back to."""
    connection.execute(update(lots).where(lots.c.id == lot_id).values(last_image_id=image_id))


def _counts() -> Subquery:
    readable = images.c.reason == ""
    joined = images.outerjoin(predictions, is_newest_prediction).outerjoin(
        judgements, judgements.c.image_id == images.c.id
    )
    return (
        select(
            images.c.lot_id,
            _number_of(readable, "images"),
            _number_of(~readable, "failed"),
            _number_of(readable & predictions.c.score.is_not(None), "detected"),
            _number_of(readable & predictions.c.verdict.in_(_ASKS_FOR_A_LOOK), "flagged"),
            _number_of(
                readable & or_(judgements.c.verdict.is_not(None), judgements.c.class_id.is_not(None)),
                "decided",
            ),
        )
        .select_from(joined)
        .where(images.c.superseded == 0)
        .group_by(images.c.lot_id)
        .subquery()
    )


def _number_of(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return func.count().filter(condition).label(name)


def _summary(row: AnyRow) -> LotSummary:
    return LotSummary(
        id=LotId(row.id),
        name=row.name,
        source=Path(row.source),
        opened_at_utc=datetime.fromisoformat(row.opened_at_utc),
        images=row.images or 0,
        failed=row.failed or 0,
        detected=row.detected or 0,
        flagged=row.flagged or 0,
        decided=row.decided or 0,
        last_image_id=None if row.last_image_id is None else ImageId(row.last_image_id),
    )
