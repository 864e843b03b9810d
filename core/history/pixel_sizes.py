"""Pixel sizes that people give: append-only and audited; the newest of a lot counts."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from core.domain.ids import LotId
from core.domain.lots import GivenPixelSize, PixelSize
from core.history.audit import PIXEL_SIZE_ACTION, append_audit
from core.history.schema import images, pixel_sizes
from core.history.stamp import Stamp


def give_pixel_size(
    connection: Connection, lot_id: LotId, nm: float | None, how: str, *, overrides: bool, stamp: Stamp
) -> None:
    """Keep what a person says of a lot's images; None takes the last word back."""
    signed = {"reviewer": stamp.reviewer, "at_utc": stamp.at_utc, "app_version": stamp.app_version}
    row = {"lot_id": lot_id, "nm": nm, "how": how, "overrides": int(overrides), **signed}
    made = connection.execute(insert(pixel_sizes).values(row)).lastrowid
    append_audit(connection, stamp, PIXEL_SIZE_ACTION, [{PIXEL_SIZE_ACTION: {"id": made, **row}}])


def given_pixel_size(connection: Connection, lot_id: LotId) -> GivenPixelSize | None:
    """The last word on a lot's images; None where nobody gave one, or it was taken back."""
    query = select(pixel_sizes).where(pixel_sizes.c.lot_id == lot_id).order_by(pixel_sizes.c.id.desc())
    row = connection.execute(query.limit(1)).first()
    if row is None or row.nm is None:
        return None
    given_at = datetime.fromisoformat(row.at_utc)
    return GivenPixelSize(row.nm, row.how, bool(row.overrides), row.reviewer, given_at)


def count_stored_sizes(connection: Connection, lot_id: LotId) -> tuple[tuple[PixelSize | None, int], ...]:
    """How many images of a lot have which pixel size by their own metadata."""
    size = (images.c.pixel_size_nm, images.c.pixel_size_source)
    mine = (images.c.lot_id == lot_id, images.c.superseded == 0, images.c.reason == "")
    rows = connection.execute(select(*size, func.count()).where(*mine).group_by(*size)).all()
    return tuple((None if nm is None else PixelSize(nm, source), count) for nm, source, count in rows)
