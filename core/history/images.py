"""Image rows and the review items that they become."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from core.domain.decisions import UNDECIDED, Judgement, Killer, Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.ids import ImageId, LotId
from core.domain.lots import FailedImage, ImageRecord, PixelSize
from core.domain.maps import Region
from core.domain.review import ReviewItem
from core.history.schema import AnyRow, images, is_newest_prediction, judgements, predictions

_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_KILLERS = {killer.value: killer for killer in Killer}
_MODEL_VERDICTS = {verdict.value: verdict for verdict in ModelVerdict}
_NO_IMAGE = {"page": 0, "height": 0, "width": 0, "bit_depth": 0, "content_height": 0} | dict.fromkeys(
    ("pixel_size_nm", "pixel_size_source", "reference", "label")
)


def list_items(connection: Connection, lot_id: LotId) -> tuple[ReviewItem, ...]:
    """The lot's images in lot order, each with its newest prediction and its judgement."""
    joined = images.outerjoin(predictions, is_newest_prediction).outerjoin(
        judgements, judgements.c.image_id == images.c.id
    )
    rows = connection.execute(
        select(*_ITEM_COLUMNS)
        .select_from(joined)
        .where(images.c.lot_id == lot_id, images.c.superseded == 0)
        .order_by(images.c.position)
    )
    return tuple(_item(row) for row in rows)


_IMAGE_COLUMNS = tuple(
    column for column in images.c if column.name not in ("lot_id", "position", "superseded")
)
_ITEM_COLUMNS = (
    *_IMAGE_COLUMNS,
    predictions.c.run_id,
    predictions.c.score,
    predictions.c.verdict.label("model_verdict"),
    predictions.c.threshold,
    predictions.c.area_px,
    predictions.c.regions,
    predictions.c.error,
    judgements.c.verdict,
    judgements.c.class_id,
    judgements.c.killer,
    judgements.c.note,
)


def _item(row: AnyRow) -> ReviewItem:
    detection = None if row.run_id is None else _detection(row)
    judgement = UNDECIDED if row.killer is None else judgement_of(row)
    return ReviewItem(ImageId(row.id), _record(row), detection, row.run_id, judgement)


def _record(row: AnyRow) -> ImageRecord | FailedImage:
    path = Path(row.path)
    if row.reason:
        return FailedImage(path, row.name, row.reason)
    return ImageRecord(
        path=path,
        name=row.name,
        page=row.page,
        sha256=row.sha256,
        size_hw=(row.height, row.width),
        bit_depth=row.bit_depth,
        content_height=row.content_height,
        pixel_size=None if row.pixel_size_nm is None else PixelSize(row.pixel_size_nm, row.pixel_size_source),
        reference=None if row.reference is None else Path(row.reference),
        label=row.label,
    )


def _detection(row: AnyRow) -> Detection:
    return Detection(
        image_name=row.name,
        threshold=row.threshold,
        score=row.score,
        verdict=_MODEL_VERDICTS.get(row.model_verdict),
        regions=_regions(row.regions),
        area_px=row.area_px,
        error=row.error,
    )


def _regions(text: str) -> tuple[Region, ...]:
    if text == "[]":
        return ()
    return tuple(
        Region((x, y, w, h), area, (centroid_x, centroid_y), score)
        for x, y, w, h, area, centroid_x, centroid_y, score in json.loads(text)
    )


def judgement_of(row: AnyRow, prefix: str = "") -> Judgement:
    """The judgement in a row's columns `verdict`, `class_id`, `killer` and `note`, or the same with a prefix."""
    columns = row._mapping
    return Judgement(
        _VERDICTS.get(columns[f"{prefix}verdict"]),
        columns[f"{prefix}class_id"],
        _KILLERS[columns[f"{prefix}killer"]],
        columns[f"{prefix}note"],
    )


def judgement_values(judgement: Judgement, prefix: str = "") -> dict[str, Any]:
    """The columns of a judgement."""
    return {
        f"{prefix}verdict": None if judgement.verdict is None else judgement.verdict.value,
        f"{prefix}class_id": judgement.class_id,
        f"{prefix}killer": judgement.killer.value,
        f"{prefix}note": judgement.note,
    }


def image_values(record: ImageRecord | FailedImage) -> Mapping[str, Any]:
    """The columns of an image or failed file, without its place in a lot."""
    named = {"path": str(record.path), "name": record.name}
    if isinstance(record, FailedImage):
        return named | {"sha256": "", "reason": record.reason} | _NO_IMAGE
    return named | {
        "sha256": record.sha256,
        "reason": "",
        "page": record.page,
        "height": record.size_hw[0],
        "width": record.size_hw[1],
        "bit_depth": record.bit_depth,
        "content_height": record.content_height,
        "pixel_size_nm": record.pixel_size.nm if record.pixel_size else None,
        "pixel_size_source": record.pixel_size.source if record.pixel_size else None,
        "reference": str(record.reference) if record.reference else None,
        "label": record.label,
    }


def detection_values(detection: Detection) -> dict[str, Any]:
    """The columns of a detection; plain numbers, as SQLite takes no numpy scalars."""
    return {
        "score": None if detection.score is None else float(detection.score),
        "verdict": None if detection.verdict is None else detection.verdict.value,
        "threshold": float(detection.threshold),
        "area_px": int(detection.area_px),
        "regions": json.dumps(
            [_region_values(region) for region in detection.regions], separators=(",", ":")
        ),
        "error": detection.error,
    }


def _region_values(region: Region) -> list[float]:
    box = [int(value) for value in region.bbox_xywh]
    return [*box, int(region.area_px), *(float(value) for value in region.centroid_xy), float(region.score)]
