"""Opening lots and listing what is in them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.domain.decisions import Verdict
from core.domain.errors import UserError
from core.domain.garbage import no_garbage_collection
from core.domain.ids import ImageId, LotId
from core.domain.lots import ImageRecord
from core.domain.paths import source_path
from core.domain.review import LotSummary, ReviewItem
from core.jobs import JobContext
from core.services.klarf.lots import read_source
from core.services.workspace import Workspace


def open_lot(workspace: Workspace, source: Path | Sequence[Path], ctx: JobContext) -> LotId:
    """Read a folder, files, a manifest or a KLARF and keep it in the history; opening it again adds what is new.

    Raises:
        UserError: there is nothing to read.
        JobCancelled: between files; nothing is kept.
    """
    lot = read_source(source, ctx)
    with no_garbage_collection():
        return workspace.history.add_lot(lot)


def find_or_open_lot(workspace: Workspace, name_or_path: str, ctx: JobContext) -> LotId:
    """The lot of this name or path; a path that is new is opened.

    Raises:
        UserError: there is neither such a lot nor such a path.
    """
    path = source_path(name_or_path)
    if path.exists():  # a path goes before a name
        known = next((lot.id for lot in list_lots(workspace) if lot.source == path), None)
        return open_lot(workspace, path, ctx) if known is None else known
    named = workspace.history.find_lot(name_or_path)
    if named is None:
        raise UserError(
            f"There is no lot and no file or folder named “{name_or_path}”.", "Open its folder once by path."
        )
    return named


def list_lots(workspace: Workspace) -> tuple[LotSummary, ...]:
    """All lots with what becomes of them, the last opened first."""
    dispositions = workspace.history.dispositions.newest_of_lots()
    return tuple(replace(lot, disposition=dispositions.get(lot.id)) for lot in workspace.history.list_lots())


def list_items(workspace: Workspace, lot_id: LotId) -> tuple[ReviewItem, ...]:
    """A lot's images in order, with newest detection and judgement."""
    return workspace.history.list_items(lot_id)


def remember_position(workspace: Workspace, lot_id: LotId, image_id: ImageId) -> None:
    """Reopen the lot at this image."""
    workspace.history.remember_position(lot_id, image_id)


def list_defect_free(workspace: Workspace, lot_id: LotId) -> tuple[ImageRecord, ...]:
    """The lot's images that were decided to show no defect; each content once."""
    decided = [
        item.record
        for item in list_items(workspace, lot_id)
        if isinstance(item.record, ImageRecord) and item.judgement.verdict is Verdict.FALSE
    ]
    return tuple({(record.sha256, record.page): record for record in decided}.values())
