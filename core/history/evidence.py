"""What runs found, superseded results too, and what a decision rests on. Nothing here writes."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from core.domain.decisions import Decision
from core.domain.ids import DecisionId, ImageId, LotId, RunId
from core.domain.lots import ImageRecord
from core.domain.references import AS_GIVEN
from core.domain.stored_results import StoredResult
from core.history.database import Database
from core.history.decision_reading import decision_of
from core.history.review_items import DETECTION_COLUMNS, IMAGE_COLUMNS, detection_of, record_of
from core.history.schema import AnyRow, decisions, images, predictions, runs


class Evidence:
    """Reads; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decision(self, decision_id: DecisionId) -> Decision | None:
        """The decision with this number."""
        with self._database.read() as connection:
            row = connection.execute(select(decisions).where(decisions.c.id == decision_id)).first()
        return None if row is None else decision_of(row)

    def image_results(self, image_id: ImageId) -> tuple[StoredResult, ...]:
        """What every run found of an image, the oldest first."""
        query = _RESULTS.where(predictions.c.image_id == image_id).order_by(predictions.c.run_id)
        with self._database.read() as connection:
            return tuple(_result(row) for row in connection.execute(query))

    def lot_results(self, lot_id: LotId, recipe_sha256: str) -> dict[ImageId, StoredResult]:
        """What the newest run of a recipe that reached it found of each image of a lot."""
        newest = (
            select(predictions.c.image_id, func.max(predictions.c.run_id).label("run_id"))
            .join(runs, runs.c.id == predictions.c.run_id)
            .where(runs.c.lot_id == lot_id, runs.c.recipe_sha256 == recipe_sha256)
            .group_by(predictions.c.image_id)
            .subquery()
        )
        is_newest = (newest.c.image_id == predictions.c.image_id) & (newest.c.run_id == predictions.c.run_id)
        with self._database.read() as connection:
            found = map(_result, connection.execute(_RESULTS.join(newest, is_newest)))
            return {result.image_id: result for result in found}

    def image(self, image_id: ImageId) -> tuple[LotId, ImageRecord] | None:
        """An image as its lot was loaded, and that lot; None where it is no readable image."""
        query = select(images.c.lot_id, *IMAGE_COLUMNS).where(images.c.id == image_id)
        with self._database.read() as connection:
            lot_id, *values = connection.execute(query).one()
        record = _image(values)
        return None if record is None else (LotId(lot_id), record)

    def same_content(self, record: ImageRecord) -> tuple[ImageRecord, ...]:
        """Images of any lot with the same bytes and page, that loaded last first."""
        query = (
            select(*IMAGE_COLUMNS)
            .where(images.c.sha256 == record.sha256, images.c.page == record.page)
            .order_by(images.c.id.desc())
        )
        with self._database.read() as connection:
            found = [_image(row) for row in connection.execute(query)]
        return tuple(record for record in found if record is not None)


_RESULTS: Select[tuple[object, ...]] = select(
    predictions.c.image_id,
    predictions.c.run_id,
    predictions.c.map_file,
    predictions.c.mask_file,
    images.c.name,
    predictions.c.regions,
    *DETECTION_COLUMNS,
).join_from(predictions, images, images.c.id == predictions.c.image_id)


def _result(row: AnyRow) -> StoredResult:
    image_id, run_id, map_file, mask_file, name, regions, *values = row
    detection = detection_of(name, json.loads(regions), *values)
    return StoredResult(ImageId(image_id), RunId(run_id), detection, map_file, mask_file)


def _image(values: Sequence[Any]) -> ImageRecord | None:
    record = record_of(AS_GIVEN, *values)
    return record if isinstance(record, ImageRecord) else None
