"""The review queue: 100,000 items at a time, so rows are unpacked by position and JSON is parsed in blocks."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from core.domain.decisions import UNDECIDED, Judgement, Killer, Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.garbage import no_garbage_collection
from core.domain.ids import ClassId, ImageId, LotId
from core.domain.lots import FailedImage, GivenPixelSize, ImageRecord, PixelSize
from core.domain.maps import ClassGuess, Region
from core.domain.references import ReferenceChoice
from core.domain.review import ReviewItem
from core.history.pixel_sizes import given_pixel_size
from core.history.references import choice_of
from core.history.row_values import alignment_of
from core.history.schema import (
    AnyRow,
    images,
    is_newest_prediction,
    judgements,
    predictions,
    reference_choices,
)

_BLOCK = 1000

IMAGE_COLUMNS = (
    images.c.path,
    images.c.name,
    images.c.sha256,
    images.c.reason,
    images.c.page,
    images.c.height,
    images.c.width,
    images.c.bit_depth,
    images.c.content_height,
    images.c.pixel_size_nm,
    images.c.pixel_size_source,
    images.c.reference,
    images.c.label,
)
DETECTION_COLUMNS = (
    predictions.c.threshold,
    predictions.c.score,
    predictions.c.verdict,
    predictions.c.area_px,
    predictions.c.error,
    predictions.c.unknown_at,
    predictions.c.reference,
    predictions.c.alignment,
    predictions.c.guess,
    predictions.c.guess_confidence,
)
_JUDGEMENT_COLUMNS = (judgements.c.verdict, judgements.c.class_id, judgements.c.killer, judgements.c.note)
CHOICE_COLUMNS = (reference_choices.c.file, reference_choices.c.dx, reference_choices.c.dy)
_IMAGE = slice(3, 3 + len(IMAGE_COLUMNS))
_DETECTION = slice(_IMAGE.stop, _IMAGE.stop + len(DETECTION_COLUMNS))
_JUDGEMENT = slice(_DETECTION.stop, _DETECTION.stop + len(_JUDGEMENT_COLUMNS))
_CHOICE = slice(_JUDGEMENT.stop, _JUDGEMENT.stop + len(CHOICE_COLUMNS))

_model_verdict = cache(ModelVerdict)
_verdict = cache(Verdict)
_killer = cache(Killer)
_pixel_size = cache(PixelSize)


def list_items(connection: Connection, lot_id: LotId) -> tuple[ReviewItem, ...]:
    """The lot's images in lot order, each with its newest prediction and its judgement."""
    joined = (
        images.outerjoin(predictions, is_newest_prediction)
        .outerjoin(judgements, judgements.c.image_id == images.c.id)
        .outerjoin(reference_choices, reference_choices.c.id == images.c.id)
    )
    rows = connection.execute(
        select(
            images.c.id,
            predictions.c.run_id,
            predictions.c.regions,
            *IMAGE_COLUMNS,
            *DETECTION_COLUMNS,
            *_JUDGEMENT_COLUMNS,
            *CHOICE_COLUMNS,
        )
        .select_from(joined)
        .where(images.c.lot_id == lot_id, images.c.superseded == 0)
        .order_by(images.c.position)
    )
    given = given_pixel_size(connection, lot_id)
    with no_garbage_collection():
        return tuple(chain.from_iterable(_items(block, given) for block in rows.partitions(_BLOCK)))


def _items(rows: Sequence[AnyRow], given: GivenPixelSize | None) -> Iterator[ReviewItem]:
    parsed = json.loads(f"[{','.join(row[2] or '[]' for row in rows)}]")
    for row, regions in zip(rows, parsed, strict=True):
        choice = choice_of(*row[_CHOICE])
        record = sized_by_hand(record_of(choice, *row[_IMAGE]), given)
        run_id = row[1]
        detection = None if run_id is None else detection_of(record.name, regions, *row[_DETECTION])
        yield ReviewItem(ImageId(row[0]), record, detection, run_id, _judgement(*row[_JUDGEMENT]), choice)


def record_of(
    choice: ReferenceChoice,
    path: str,
    name: str,
    sha256: str,
    reason: str,
    page: int,
    height: int,
    width: int,
    bit_depth: int,
    content_height: int,
    pixel_size_nm: float | None,
    pixel_size_source: str | None,
    reference: str | None,
    label: str | None,
) -> ImageRecord | FailedImage:
    """An image from the IMAGE_COLUMNS, under what is said of its reference."""
    if reason:
        return FailedImage(Path(path), name, reason)
    pixel_size = None if pixel_size_nm is None else _pixel_size(pixel_size_nm, pixel_size_source)
    return ImageRecord(
        path=Path(path),
        name=name,
        page=page,
        sha256=sha256,
        size_hw=(height, width),
        bit_depth=bit_depth,
        content_height=content_height,
        pixel_size=pixel_size,
        reference=choice.reference_of(None if reference is None else Path(reference)),
        label=label,
    )


def sized_by_hand(
    record: ImageRecord | FailedImage, given: GivenPixelSize | None
) -> ImageRecord | FailedImage:
    """An image with the pixel size that a person gave its lot, where that counts."""
    if given is None or isinstance(record, FailedImage):
        return record
    size = given.applied_to(record.pixel_size)
    return record if size is record.pixel_size else replace(record, pixel_size=size)


def detection_of(
    name: str,
    regions: Sequence[Sequence[Any]],
    threshold: float,
    score: float | None,
    verdict: str | None,
    area_px: int,
    error: str,
    unknown_at: float | None,
    reference: str,
    alignment: str | None,
    guess: str | None,
    guess_confidence: float | None,
) -> Detection:
    """A detection from the DETECTION_COLUMNS, the image's name and the parsed regions."""
    return Detection(
        image_name=name,
        threshold=threshold,
        score=score,
        verdict=None if verdict is None else _model_verdict(verdict),
        regions=tuple([_region(*values) for values in regions]) if regions else (),
        area_px=area_px,
        error=error,
        unknown_at=unknown_at,
        reference=reference,
        alignment=alignment_of(alignment),
        guess=None if guess is None or guess_confidence is None else ClassGuess(guess, guess_confidence),
    )


def _region(
    x: int, y: int, w: int, h: int, area_px: int, centroid_x: float, centroid_y: float, score: float
) -> Region:
    return Region((x, y, w, h), area_px, (centroid_x, centroid_y), score)


def _judgement(verdict: str | None, class_id: int | None, killer: str | None, note: str | None) -> Judgement:
    """No row, no killer: nothing was decided."""
    if killer is None or note is None:
        return UNDECIDED
    return Judgement(
        None if verdict is None else _verdict(verdict),
        None if class_id is None else ClassId(class_id),
        _killer(killer),
        note,
    )
