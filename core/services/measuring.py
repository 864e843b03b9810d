"""From images to detections: read, score, segment. The one pipeline of the window and of the command line."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from core.detection.detector import Detector
from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.detections import Detection, ModelVerdict
from core.domain.errors import UserError
from core.domain.lots import ImageRecord, Lot, PixelSize
from core.domain.maps import Mask, Region, ScoreMap
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.lots import read_pixels
from core.segmentation import segment

_READERS = 2
_BATCH_BYTES = 256 * 2**20
"""Decoded pixels of a batch at most. One is scored while the next is read, so up to 512 MiB are held."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """The numbers in force: the recipe's own, or else the weights' calibration."""

    unknown_at: float
    ng_at: float
    floor: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One image's result; map and mask are (H, W) of the whole image, None when it failed."""

    record: ImageRecord
    detection: Detection
    values: FloatArray | None = None
    mask: BoolArray | None = None


def cuts_of(recipe: Recipe, detector: Detector) -> Cuts:
    """Thresholds and floor of a recipe on a detector.

    Raises:
        UserError: only one of the two thresholds is given and it contradicts the calibrated other one.
    """
    calibration = detector.calibration
    unknown_at = _given_or(recipe.thresholds.unknown_at, calibration.unknown_at)
    ng_at = _given_or(recipe.thresholds.ng_at, calibration.ng_at)
    if unknown_at > ng_at:
        raise UserError(
            f"The recipe's thresholds contradict each other: Unknown from {unknown_at:.3f}, NG from {ng_at:.3f}.",
            "Set both thresholds in the recipe.",
        )
    return Cuts(unknown_at, ng_at, _given_or(recipe.segmentation.floor, calibration.floor))


def measure_images(
    records: Sequence[ImageRecord], detector: Detector, recipe: Recipe, ctx: JobContext
) -> Iterator[Measured]:
    """Detections in order; a bad image yields a result with a reason and the batch goes on.

    Raises:
        JobCancelled: between images; at most one image a reader is decoded to its end.
    """
    cuts = cuts_of(recipe, detector)
    done = 0
    ctx.report(0, len(records), "detecting")
    if recipe.detector.mutual_images:
        _meet_the_lot(records, detector, recipe.detector.mutual_images, ctx)
    with ThreadPoolExecutor(_READERS, thread_name_prefix="residua-read") as readers:
        for batch, images in _read_ahead(readers, _batches(records, recipe.detector.batch_size), ctx):
            ctx.check()
            yield from _measure_batch(batch, images, detector, recipe, cuts, ctx)
            done += len(batch)
            ctx.report(done, len(records), "detecting")


def _meet_the_lot(records: Sequence[ImageRecord], detector: Detector, count: int, ctx: JobContext) -> None:
    """Show the detector images spread evenly over the lot; unreadable ones are reported when they are measured."""
    step = max(1, len(records) // count)
    for record in ctx.track(records[::step][:count], "comparing the lot's images"):
        image = _read_specimen(record, ctx)
        if not isinstance(image, UserError):
            detector.meet([image])


def _batches(records: Sequence[ImageRecord], batch_size: int) -> Iterator[list[ImageRecord]]:
    """Up to `batch_size` records whose pixels together stay in bounds; a larger image stands alone."""
    batch: list[ImageRecord] = []
    for record in records:
        is_full = len(batch) == batch_size or sum(map(_decoded_bytes, [*batch, record])) > _BATCH_BYTES
        if batch and is_full:
            yield batch
            batch = []
        batch.append(record)
    if batch:
        yield batch


def _decoded_bytes(record: ImageRecord) -> int:
    return record.size_hw[0] * record.size_hw[1] * record.bit_depth // 8


def _read_ahead(
    readers: ThreadPoolExecutor, batches: Iterator[list[ImageRecord]], ctx: JobContext
) -> Iterator[tuple[list[ImageRecord], list[GrayImage | UserError]]]:
    """Batches with their pixels, the next one being decoded meanwhile.

    Raises:
        JobCancelled: the owner cancelled; what waits to be decoded is not.
    """

    def submit(batch: list[ImageRecord]) -> list[Future[GrayImage | UserError]]:
        return [readers.submit(_read_specimen, record, ctx) for record in batch]

    waiting = [(batch, submit(batch)) for batch in islice(batches, 1)]
    try:
        while waiting:
            batch, pending = waiting.pop()
            images = [reading.result() for reading in pending]
            waiting = [(following, submit(following)) for following in islice(batches, 1)]
            yield batch, images
    finally:
        for reading in chain.from_iterable(pending for _, pending in waiting):
            reading.cancel()


def _read_specimen(record: ImageRecord, ctx: JobContext) -> GrayImage | UserError:
    ctx.check()
    try:
        return read_pixels(record)[: record.content_height]
    except UserError as error:
        return error


def _measure_batch(
    batch: list[ImageRecord],
    images: list[GrayImage | UserError],
    detector: Detector,
    recipe: Recipe,
    cuts: Cuts,
    ctx: JobContext,
) -> Iterator[Measured]:
    readable = [image for image in images if not isinstance(image, UserError)]
    maps = iter(detector.score_images(readable, ctx.check))
    for record, image in zip(batch, images, strict=True):
        if isinstance(image, UserError):
            yield Measured(record, Detection(record.name, cuts.ng_at, error=str(image)))
        else:
            yield _measure_map(record, next(maps), recipe, cuts)


def _measure_map(record: ImageRecord, score_map: ScoreMap, recipe: Recipe, cuts: Cuts) -> Measured:
    verdict = judge(score_map.score, cuts)
    mask, regions = _segment(score_map, verdict, recipe, cuts, record.pixel_size)
    detection = Detection(
        image_name=record.name,
        threshold=cuts.ng_at,
        score=score_map.score,
        verdict=verdict,
        regions=regions,
        area_px=mask.area_px,
        unknown_at=cuts.unknown_at,
    )
    below = record.size_hw[0] - score_map.values.shape[0]
    return Measured(
        record,
        detection,
        np.pad(score_map.values, ((0, below), (0, 0))),
        np.pad(mask.pixels, ((0, below), (0, 0))),
    )


def failures_of(lot: Lot, cuts: Cuts) -> tuple[Detection, ...]:
    """Results of the files that are no readable images: the reason, and nothing measured."""
    return tuple(Detection(failure.name, cuts.ng_at, error=failure.reason) for failure in lot.failures)


def judge(score: float, cuts: Cuts) -> ModelVerdict:
    """OK, Unknown or NG by the two cuts."""
    if score >= cuts.ng_at:
        return ModelVerdict.NG
    return ModelVerdict.UNKNOWN if score >= cuts.unknown_at else ModelVerdict.OK


def _segment(
    score_map: ScoreMap, verdict: ModelVerdict, recipe: Recipe, cuts: Cuts, pixel_size: PixelSize | None
) -> tuple[Mask, tuple[Region, ...]]:
    """Mask and regions; an image that passed has none, so that no outline contradicts the verdict."""
    if verdict is ModelVerdict.OK:
        return Mask(np.zeros(score_map.values.shape, np.bool_)), ()
    return segment(score_map, recipe.segmentation, floor=cuts.floor, pixel_size=pixel_size)


def _given_or(given: float | None, calibrated: float) -> float:
    return calibrated if given is None else given
