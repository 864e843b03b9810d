"""The quality of a lot's review, and the images that would make it known."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.ids import ImageId, LotId
from core.domain.review import ReviewItem
from core.jobs import JobContext
from core.reporting.class_quality import ClassQuality
from core.reporting.escape_audit import EscapeAudit, draw_order
from core.reporting.quality import LotQuality, measure_quality, quality_lines
from core.reporting.shares import NOT_MEASURED, Confusion, Share
from core.services.workspace import Workspace

__all__ = [
    "NOT_MEASURED",
    "ClassQuality",
    "Confusion",
    "EscapeAudit",
    "LotQuality",
    "ReviewQuality",
    "Share",
    "measure_lot_quality",
    "nearest_to_cuts",
    "next_draws",
    "next_of_draw",
    "quality_lines",
    "read_review_quality",
]


@dataclass(frozen=True, slots=True)
class ReviewQuality:
    """What is known of a lot's review, and which undecided images would tell more.

    Attributes:
        draws: next of the escape audit's draw.
        nearest: those with a score nearest to a threshold.
    """

    quality: LotQuality
    draws: tuple[ReviewItem, ...]
    nearest: tuple[ReviewItem, ...]


def read_review_quality(
    workspace: Workspace, lot_id: LotId, ctx: JobContext, *, listed: int = 100
) -> ReviewQuality:
    """Purity, accuracy, confusion, agreement and the escape audit, as far as decisions tell; and what to look at.

    Args:
        listed: images of each list at most.

    Raises:
        JobCancelled: between the questions.
    """
    history = workspace.history
    items = history.list_items(lot_id)
    ctx.check()
    classes, decisions = history.list_classes(include_retired=True), history.decisions(lot_id)
    ctx.check()
    quality = measure_quality(items, classes, decisions, history.sites(lot_id))
    ctx.check()
    return ReviewQuality(quality, next_draws(items, listed), nearest_to_cuts(items, listed))


def measure_lot_quality(workspace: Workspace, lot_id: LotId) -> LotQuality:
    """The figures alone."""
    return read_review_quality(workspace, lot_id, JobContext(), listed=0).quality


def next_draws(items: Sequence[ReviewItem], count: int) -> tuple[ReviewItem, ...]:
    """The images that the escape audit asks for next: drawn from those that the model passed, undecided yet."""
    return tuple(item for item in draw_order(items) if not item.is_decided)[:count]


def next_of_draw(workspace: Workspace, lot_id: LotId, _ctx: JobContext) -> ImageId | None:
    """The first of them, as decisions are now; None where the draw is judged to its end."""
    return next((item.image_id for item in next_draws(workspace.history.list_items(lot_id), 1)), None)


def nearest_to_cuts(items: Sequence[ReviewItem], count: int) -> tuple[ReviewItem, ...]:
    """Undecided images by how near their score is to a threshold: where the model is least sure, the nearest first."""
    open_items = [item for item in items if not item.is_decided and _distance(item) < math.inf]
    return tuple(sorted(open_items, key=_distance)[:count])


def _distance(item: ReviewItem) -> float:
    distance = None if item.detection is None else item.detection.distance_to_cut
    return math.inf if distance is None else distance
