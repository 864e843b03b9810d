"""From images to detections: read, score, segment. The one pipeline of the window and of the command line."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np

from core.detection.detector import Detector
from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.detections import Detection, ModelVerdict
from core.domain.errors import UserError
from core.domain.lots import ImageRecord, Lot
from core.domain.maps import Mask, Region, ScoreMap
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.lots import read_pixels
from core.segmentation import segment

_READ_AHEAD = 2  # batches that are decoded while one is scored


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
        JobCancelled: between batches.
    """
    cuts = cuts_of(recipe, detector)
    batch_size = recipe.detector.batch_size
    batches = [tuple(records[start : start + batch_size]) for start in range(0, len(records), batch_size)]
    done = 0
    ctx.report(0, len(records), "detecting")
    with ThreadPoolExecutor(_READ_AHEAD, thread_name_prefix="residua-read") as readers:
        for batch, images in _read_ahead(readers, batches):
            ctx.check()
            yield from _measure_batch(batch, images, detector, recipe, cuts, ctx)
            done += len(batch)
            ctx.report(done, len(records), "detecting")


def _read_ahead(
    readers: ThreadPoolExecutor, batches: list[tuple[ImageRecord, ...]]
) -> Iterator[tuple[tuple[ImageRecord, ...], list[GrayImage | UserError]]]:
    """Batches with their pixels, the next ones being decoded meanwhile."""
    waiting: list[tuple[tuple[ImageRecord, ...], Future[list[GrayImage | UserError]]]] = []
    source = iter(batches)
    try:
        for batch in islice(source, _READ_AHEAD):
            waiting.append((batch, readers.submit(_read_batch, batch)))
        while waiting:
            batch, pending = waiting.pop(0)
            images = pending.result()
            for following in islice(source, 1):
                waiting.append((following, readers.submit(_read_batch, following)))
            yield batch, images
    finally:
        for _, pending in waiting:
            pending.cancel()


def _read_batch(batch: tuple[ImageRecord, ...]) -> list[GrayImage | UserError]:
    return [_read_specimen(record) for record in batch]


def _read_specimen(record: ImageRecord) -> GrayImage | UserError:
    try:
        return read_pixels(record)[: record.content_height]
    except UserError as error:
        return error


def _measure_batch(
    batch: tuple[ImageRecord, ...],
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
    mask, regions = _segment(score_map, verdict, recipe, cuts)
    detection = Detection(
        image_name=record.name,
        threshold=cuts.ng_at,
        score=score_map.score,
        verdict=verdict,
        regions=regions,
        area_px=mask.area_px,
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
    score_map: ScoreMap, verdict: ModelVerdict, recipe: Recipe, cuts: Cuts
) -> tuple[Mask, tuple[Region, ...]]:
    """Mask and regions; an image that passed has none, so that no outline contradicts the verdict."""
    if verdict is ModelVerdict.OK:
        return Mask(np.zeros(score_map.values.shape, np.bool_)), ()
    return segment(score_map, recipe.segmentation, floor=cuts.floor)


def _given_or(given: float | None, calibrated: float) -> float:
    return calibrated if given is None else given
