"""Images that were moved: the lot is told where their bytes lie now; names, order and decisions stay."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, bindparam, select, update

from core.domain.errors import UserError
from core.domain.ids import ImageId, LotId
from core.history.audit import append_audit
from core.history.schema import images, lots
from core.history.stamp import Stamp


def relocate(
    connection: Connection,
    lot_id: LotId,
    moved: Mapping[ImageId, Path],
    new_root: Path | None,
    stamp: Stamp,
) -> None:
    """Point images at files of the same bytes.

    Args:
        moved: the new path of each image that was found.
        new_root: where the lot as a whole lies now, so that it is known again when it is opened from there; None
            where its images are scattered.

    Raises:
        UserError: another lot was opened from the new place.
    """
    if new_root is not None:
        root = select(lots.c.root).where(lots.c.id == lot_id)
        old_root = Path(connection.execute(root).scalar_one())
        _move_source(connection, lot_id, old_root, new_root)
        _move_references(connection, lot_id, old_root, new_root)
    rows = [{"moved_id": image_id, "new_path": str(path)} for image_id, path in moved.items()]
    if rows:
        at = images.c.id == bindparam("moved_id")
        connection.execute(update(images).where(at).values(path=bindparam("new_path")), rows)
    told = {"lot_id": lot_id, "images": len(moved), "to": None if new_root is None else str(new_root)}
    append_audit(connection, stamp, "lot_relocated", [told])


def _move_source(connection: Connection, lot_id: LotId, old: Path, new: Path) -> None:
    source = Path(connection.execute(select(lots.c.source).where(lots.c.id == lot_id)).scalar_one())
    moved = new / source.relative_to(old) if source.is_relative_to(old) else source
    taken = select(lots.c.name).where(lots.c.source == str(moved), lots.c.id != lot_id)
    holder = connection.execute(taken).scalar()
    if holder is not None:
        raise UserError(
            f"The lot “{holder}” was opened from {moved} already.",
            "Its images are the moved ones; the decisions of the old lot stay with the old lot.",
        )
    connection.execute(update(lots).where(lots.c.id == lot_id).values(root=str(new), source=str(moved)))


def _move_references(connection: Connection, lot_id: LotId, old: Path, new: Path) -> None:
    of_lot = images.c.lot_id == lot_id
    query = select(images.c.id, images.c.reference).where(of_lot, images.c.reference.is_not(None))
    moved = [
        {"moved_id": row.id, "new_reference": str(new / Path(row.reference).relative_to(old))}
        for row in connection.execute(query)
        if Path(row.reference).is_relative_to(old)
    ]
    if moved:
        at = images.c.id == bindparam("moved_id")
        connection.execute(update(images).where(at).values(reference=bindparam("new_reference")), moved)
