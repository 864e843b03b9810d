"""What becomes of lots and wafers: signed by one, countersigned by another."""

from core.domain.dispositions import Disposition, DispositionDraft
from core.domain.ids import DispositionId, LotId
from core.history.dispositions import newest
from core.services.workspace import Workspace


def sign_disposition(workspace: Workspace, draft: DispositionDraft) -> Disposition:
    """Give a disposition, signed by this session's reviewer; in force once another person countersigned.

    Raises:
        UserError: a reason is missing, or the disk cannot be written.
    """
    return workspace.history.dispositions.sign(draft)


def countersign_disposition(workspace: Workspace, disposition_id: DispositionId) -> Disposition:
    """Sign as the second person.

    Raises:
        UserError: the same person signed first, or a later disposition took its place.
    """
    return workspace.history.dispositions.countersign(disposition_id)


def list_dispositions(workspace: Workspace, lot_id: LotId) -> tuple[Disposition, ...]:
    """Those of the lot and its wafers that stand now, the lot's own first."""
    return newest(workspace.history.dispositions.list_of_lot(lot_id))


def list_all_dispositions(workspace: Workspace, lot_id: LotId) -> tuple[Disposition, ...]:
    """Replaced ones too, the oldest first."""
    return workspace.history.dispositions.list_of_lot(lot_id)
