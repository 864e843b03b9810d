"""Decisions: every change of a judgement is an appended row, an undo too.

The decision, the current judgement, the place on the undo stack and the audit row go into one transaction. So do the
edits of an action that changes classes or clusters beside judgements.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects import sqlite

from core.domain.decisions import UNDECIDED, Decision, Judgement
from core.domain.errors import UserError
from core.domain.ids import DecisionId, ImageId, LotId
from core.domain.review import ChangeSet, JudgementChange, UndoScope
from core.history import operations
from core.history.audit import DECISION_ACTION, append_audit
from core.history.bulk import insert_rows
from core.history.decision_reading import decisions_of
from core.history.edits import Edit, apply_edits, edits_of, inverted, referred_images
from core.history.row_values import judgement_of, judgement_values
from core.history.schema import (
    AnyRow,
    decisions,
    images,
    is_newest_prediction,
    judgements,
    listed,
    predictions,
    runs,
)
from core.history.stamp import Stamp


def apply_changes(
    connection: Connection, title: str, changes: Sequence[JudgementChange], stamp: Stamp
) -> ChangeSet:
    """Record a new user action; changes that change nothing leave no row.

    Raises:
        UserError: a change starts from a judgement that is no longer the current one.
        ValueError: the images are of several lots, each of which has its own undo.
    """
    effective = _effective(connection, changes)
    if effective:
        lot_id = _lot_of(connection, effective)
        _record(connection, operations.record_do(connection, title, lot_id, stamp), effective, stamp)
    return ChangeSet(title, effective)


def apply_action(
    connection: Connection,
    title: str,
    lot_id: LotId | None,
    edits: Sequence[Edit],
    changes: Sequence[JudgementChange],
    stamp: Stamp,
) -> ChangeSet:
    """Record a user action that edits classes or clusters, and what it does to judgements; one without effect is none.

    Args:
        lot_id: whose undo it goes on; None for the class table's, where the images may be of any lots.

    Raises:
        UserError: a row or a judgement is no longer what the action starts from.
    """
    effective = _effective(connection, changes)
    moving = [edit for edit in edits if edit.row_ids and edit.before != edit.after]
    if not effective and not moving:
        return ChangeSet(title, ())
    operation_id = operations.record_do(connection, title, lot_id, stamp)
    edited = apply_edits(connection, operation_id, moving, stamp)
    _record(connection, operation_id, effective, stamp)
    return ChangeSet(title, effective, edited, referred_images(moving))


def undo(connection: Connection, scope: UndoScope, stamp: Stamp) -> ChangeSet | None:
    """Take back the newest action of a scope with appended rows; None when there is none."""
    target = operations.next_undo(connection, scope)
    if target is None:
        return None
    taken_back = decisions_of(connection, target.id)[::-1]
    changes = tuple(_change(decision).inverse() for decision in taken_back)
    _refuse_stale(_current_judgements(connection, changes), changes)
    operation_id = operations.record_undo(connection, target, stamp)
    _record(connection, operation_id, changes, stamp, [decision.id for decision in taken_back])
    edits = inverted(edits_of(connection, target.id))
    edited = apply_edits(connection, operation_id, edits, stamp)
    return ChangeSet(target.title, changes, edited, referred_images(edits))


def redo(connection: Connection, scope: UndoScope, stamp: Stamp) -> ChangeSet | None:
    """Bring back what was last undone in a scope; None when there is nothing."""
    target = operations.next_redo(connection, scope)
    if target is None:
        return None
    changes = tuple(_change(decision) for decision in decisions_of(connection, target.id))
    _refuse_stale(_current_judgements(connection, changes), changes)
    operation_id = operations.record_redo(connection, target, stamp)
    edits = edits_of(connection, target.id)
    edited = apply_edits(connection, operation_id, edits, stamp)
    _record(connection, operation_id, changes, stamp)
    return ChangeSet(target.title, changes, edited, referred_images(edits))


def _effective(connection: Connection, changes: Sequence[JudgementChange]) -> tuple[JudgementChange, ...]:
    _refuse_stale(_current_judgements(connection, changes), changes)
    return tuple(change for change in changes if change.before != change.after)


def _current_judgements(
    connection: Connection, changes: Iterable[JudgementChange]
) -> dict[ImageId, Judgement]:
    ids = listed(change.image_id for change in changes)
    rows = connection.execute(select(judgements).where(judgements.c.image_id.in_(ids)))
    return {ImageId(row.image_id): judgement_of(row) for row in rows}


def _refuse_stale(current: dict[ImageId, Judgement], changes: Iterable[JudgementChange]) -> None:
    for change in changes:
        if current.get(change.image_id, UNDECIDED) != change.before:
            raise UserError(
                "The decision was not saved: the image has been judged otherwise since it was shown.",
                "Look at its present state and decide again.",
            )
        current[change.image_id] = change.after


def _lot_of(connection: Connection, changes: Iterable[JudgementChange]) -> LotId:
    ids = listed(change.image_id for change in changes)
    lots = connection.execute(select(images.c.lot_id).where(images.c.id.in_(ids)).distinct()).scalars().all()
    if len(lots) != 1:
        raise ValueError(f"an action is on images of one lot, not of {len(lots)}")
    return LotId(lots[0])


def _record(
    connection: Connection,
    operation_id: int,
    changes: Sequence[JudgementChange],
    stamp: Stamp,
    undo_of: Sequence[DecisionId] | None = None,
) -> None:
    evidence = _evidence(connection, changes)
    first_id = (connection.execute(select(func.max(decisions.c.id))).scalar() or 0) + 1
    rows = [
        {
            "id": first_id + index,
            "image_id": change.image_id,
            **judgement_values(change.before, "before_"),
            **judgement_values(change.after, "after_"),
            "reviewer": stamp.reviewer,
            "decided_at_utc": stamp.at_utc,
            "recipe_sha256": evidence[change.image_id].recipe_sha256 or "",
            "model_sha256": evidence[change.image_id].model_sha256 or "",
            "app_version": stamp.app_version,
            "operation_id": operation_id,
            "undo_of": undo_of[index] if undo_of else None,
        }
        for index, change in enumerate(changes)
    ]
    insert_rows(connection, insert(decisions), rows)
    outcomes = [{"image_id": change.image_id, **judgement_values(change.after)} for change in changes]
    insert_rows(connection, _SET_JUDGEMENT, outcomes)
    shown = [{"decision": row, "image": evidence[row["image_id"]]._asdict()} for row in rows]
    append_audit(connection, stamp, DECISION_ACTION, shown)


def _evidence(connection: Connection, changes: Iterable[JudgementChange]) -> dict[ImageId, AnyRow]:
    """What each reviewer saw: the image's bytes, and the recipe and model of its newest run."""
    joined = images.outerjoin(predictions, is_newest_prediction).outerjoin(
        runs, runs.c.id == predictions.c.run_id
    )
    rows = connection.execute(
        select(images.c.id, images.c.name, images.c.sha256, runs.c.recipe_sha256, runs.c.model_sha256)
        .select_from(joined)
        .where(images.c.id.in_(listed(change.image_id for change in changes)))
    )
    return {ImageId(row.id): row for row in rows}


def _change(decision: Decision) -> JudgementChange:
    return JudgementChange(decision.image_id, decision.before, decision.after)


_upsert_judgement = sqlite.insert(judgements)
_SET_JUDGEMENT = _upsert_judgement.on_conflict_do_update(
    index_elements=("image_id",),
    set_={c.name: _upsert_judgement.excluded[c.name] for c in judgements.c if c.name != "image_id"},
)
