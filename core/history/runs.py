"""Detection runs and what they found."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import sqlite

from core.domain.detections import Detection
from core.domain.ids import ImageId, LotId, RunId
from core.domain.recipes import Recipe
from core.domain.review import Run, RunState
from core.history.audit import append_audit
from core.history.bulk import insert_rows
from core.history.row_values import detection_values
from core.history.schema import AnyRow, predictions, runs
from core.history.stamp import Stamp

# An image's result with the names of its map and mask file ("" where there is none).
DetectionRow: TypeAlias = tuple[ImageId, Detection, str, str]


def start_run(
    connection: Connection,
    lot_id: LotId,
    *,
    recipe: Recipe,
    model_id: str,
    model_sha256: str,
    device: str,
    stamp: Stamp,
) -> RunId:
    """Open a run with all that makes it reproducible."""
    values = {
        "lot_id": lot_id,
        "recipe_name": recipe.name,
        "recipe_version": recipe.version,
        "recipe_sha256": recipe.sha256,
        "recipe_json": recipe.model_dump_json(),
        "model_id": model_id,
        "model_sha256": model_sha256,
        "device": device,
        "app_version": stamp.app_version,
        "started_at_utc": stamp.at_utc,
        "state": RunState.RUNNING.value,
    }
    run_id = connection.execute(insert(runs).values(values)).lastrowid
    append_audit(connection, stamp, "run_started", [{"run_id": run_id, **values}])
    return RunId(run_id)


def save_detections(connection: Connection, run_id: RunId, rows: Sequence[DetectionRow]) -> None:
    """Store a batch; an image that is saved again in the same run keeps the later result."""
    values = [
        {"image_id": image_id, "run_id": run_id, "map_file": map_file, "mask_file": mask_file}
        | detection_values(detection)
        for image_id, detection, map_file, mask_file in rows
    ]
    insert_rows(connection, _UPSERT, values)


def finish_run(connection: Connection, run_id: RunId, state: RunState, stamp: Stamp) -> None:
    """Close a run."""
    values = {"state": state.value, "ended_at_utc": stamp.at_utc}
    connection.execute(update(runs).where(runs.c.id == run_id).values(values))
    append_audit(connection, stamp, "run_ended", [{"run_id": run_id, "state": state.value}])


def fail_interrupted_runs(connection: Connection, stamp: Stamp) -> int:
    """Close the runs that a program left open when it died; their number."""
    still_open = (
        connection.execute(select(runs.c.id).where(runs.c.state == RunState.RUNNING.value)).scalars().all()
    )
    for run_id in still_open:
        finish_run(connection, RunId(run_id), RunState.FAILED, stamp)
    return len(still_open)


def find_run(connection: Connection, run_id: RunId) -> Run:
    """The run with this id."""
    return _run(connection.execute(select(runs).where(runs.c.id == run_id)).one())


def output_files(connection: Connection, image_id: ImageId) -> tuple[str, str] | None:
    """Names of the newest map and mask file; None when the newest run left none."""
    row = connection.execute(
        select(predictions.c.map_file, predictions.c.mask_file)
        .where(predictions.c.image_id == image_id)
        .order_by(predictions.c.run_id.desc())
        .limit(1)
    ).first()
    return None if row is None or not row.map_file else (row.map_file, row.mask_file)


def _run(row: AnyRow) -> Run:
    ended = row.ended_at_utc
    return Run(
        id=RunId(row.id),
        lot_id=LotId(row.lot_id),
        recipe_name=row.recipe_name,
        recipe_version=row.recipe_version,
        recipe_sha256=row.recipe_sha256,
        recipe_json=row.recipe_json,
        model_id=row.model_id,
        model_sha256=row.model_sha256,
        device=row.device,
        app_version=row.app_version,
        started_at_utc=datetime.fromisoformat(row.started_at_utc),
        ended_at_utc=None if ended is None else datetime.fromisoformat(ended),
        state=RunState(row.state),
    )


_KEY = ("image_id", "run_id")
_insert_prediction = sqlite.insert(predictions)
_UPSERT = _insert_prediction.on_conflict_do_update(
    index_elements=_KEY,
    set_={c.name: _insert_prediction.excluded[c.name] for c in predictions.c if c.name not in _KEY},
)
