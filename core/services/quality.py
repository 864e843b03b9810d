"""The quality of a lot's review, and the images that would make it known."""

from core.domain.ids import LotId
from core.domain.review import ReviewItem
from core.reporting.escape_audit import draw_order
from core.reporting.quality import LotQuality, measure_quality, quality_lines
from core.services.workspace import Workspace

__all__ = ["measure_lot_quality", "next_draws", "quality_lines"]


def measure_lot_quality(workspace: Workspace, lot_id: LotId) -> LotQuality:
    """Purity, accuracy, confusion, agreement and the escape audit, as far as decisions tell."""
    history = workspace.history
    classes = history.list_classes(include_retired=True)
    return measure_quality(history.list_items(lot_id), classes, history.decisions(lot_id))


def next_draws(workspace: Workspace, lot_id: LotId, count: int) -> tuple[ReviewItem, ...]:
    """The images that the escape audit asks for next: drawn from those that the model passed, undecided yet."""
    order = draw_order(workspace.history.list_items(lot_id))
    return tuple(item for item in order if not item.is_decided)[:count]
