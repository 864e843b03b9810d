"""Decisions as they were made, from their rows."""

from datetime import datetime

from sqlalchemy import Connection, select

from core.domain.decisions import Decision
from core.domain.ids import DecisionId, ImageId, LotId
from core.history.row_values import judgement_of
from core.history.schema import AnyRow, decisions, images


def list_decisions(connection: Connection, lot_id: LotId) -> tuple[Decision, ...]:
    """Every decision on the lot's images, superseded ones too, oldest first."""
    joined = decisions.join(images, images.c.id == decisions.c.image_id)
    query = select(decisions).select_from(joined).where(images.c.lot_id == lot_id).order_by(decisions.c.id)
    return tuple(decision_of(row) for row in connection.execute(query))


def list_image_decisions(connection: Connection, image_id: ImageId) -> tuple[Decision, ...]:
    """Every decision on one image, oldest first."""
    query = select(decisions).where(decisions.c.image_id == image_id).order_by(decisions.c.id)
    return tuple(decision_of(row) for row in connection.execute(query))


def decisions_of(connection: Connection, operation_id: int) -> tuple[Decision, ...]:
    """What an action decided, in the order in which it did."""
    query = select(decisions).where(decisions.c.operation_id == operation_id).order_by(decisions.c.id)
    return tuple(decision_of(row) for row in connection.execute(query))


def decision_of(row: AnyRow) -> Decision:
    """A decision from its row."""
    return Decision(
        id=DecisionId(row.id),
        image_id=ImageId(row.image_id),
        before=judgement_of(row, "before_"),
        after=judgement_of(row, "after_"),
        reviewer=row.reviewer,
        decided_at_utc=datetime.fromisoformat(row.decided_at_utc),
        recipe_sha256=row.recipe_sha256,
        model_sha256=row.model_sha256,
        app_version=row.app_version,
        undo_of=None if row.undo_of is None else DecisionId(row.undo_of),
    )
