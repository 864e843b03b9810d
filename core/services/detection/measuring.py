"""From images to detections: read, score, segment. The one pipeline of the window and of the command line."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from core.domain.alignment import Alignment
from core.domain.arrays import BoolArray, FloatArray, GrayImage
from core.domain.detections import Detection, ModelVerdict
from core.domain.detector import Detector, ModelIdentity
from core.domain.errors import UserError
from core.domain.lots import ImageRecord, Lot, PixelSize
from core.domain.maps import Mask, Region, ScoreMap
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.segmentation import segment
from core.services.detection.comparing import Compared, Comparing, compare
from core.services.detection.cuts import Cuts, cuts_of, judge
from core.services.detection.reading_ahead import READERS, batches_of, read_ahead, read_specimen


@dataclass(frozen=True, slots=True)
class Measured:
    """One image's result.

    Attributes:
        values, mask: (H, W) of the whole image, None when it failed.
        model: whose word it is; None when it failed.
    """

    record: ImageRecord
    detection: Detection
    values: FloatArray | None = None
    mask: BoolArray | None = None
    model: ModelIdentity | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    """One image's map, whoever gave it."""

    score_map: ScoreMap
    cuts: Cuts
    model: ModelIdentity
    alignment: Alignment | None


def measure_images(
    records: Sequence[ImageRecord],
    detector: Detector,
    recipe: Recipe,
    ctx: JobContext,
    comparing: Comparing | None = None,
    *,
    lot: Sequence[ImageRecord] | None = None,
) -> Iterator[Measured]:
    """Detections in order; a bad image yields a result with a reason and the batch goes on.

    An image with a trusted reference is compared with it; `detector` measures all others.

    Args:
        lot: the images of the whole lot, where `records` are only some of them: a recipe that judges images by each
            other judges by these.

    Raises:
        JobCancelled: between images; at most one image a reader is decoded to its end.
    """
    cuts = cuts_of(recipe, detector)
    done = 0
    ctx.report(0, len(records), "detecting")
    if recipe.detector.mutual_images:
        _meet_the_lot(records if lot is None else lot, detector, recipe.detector.mutual_images, ctx)
    with ThreadPoolExecutor(READERS, thread_name_prefix="residua-read") as readers:
        for batch, images in read_ahead(readers, batches_of(records, recipe.detector.batch_size), ctx):
            ctx.check()
            readings = _read_maps(batch, images, detector, cuts, comparing, ctx)
            for record, reading in zip(batch, readings, strict=True):
                yield _result_of(record, reading, recipe, cuts)
            done += len(batch)
            ctx.report(done, len(records), "detecting")


def _read_maps(
    batch: list[ImageRecord],
    images: list[GrayImage | UserError],
    detector: Detector,
    cuts: Cuts,
    comparing: Comparing | None,
    ctx: JobContext,
) -> Iterator[_Reading | UserError]:
    """The maps of a batch in order: of the comparison where there is one, else of the detector."""
    compared = [_compare(image, record, comparing, ctx) for image, record in zip(images, batch, strict=True)]
    alone = [
        image
        for image, one in zip(images, compared, strict=True)
        if not isinstance(image, UserError) and (one is None or one.score_map is None)
    ]
    maps = iter(detector.score_images(alone, ctx.check))
    for image, one in zip(images, compared, strict=True):
        if isinstance(image, UserError):
            yield image
        elif comparing is not None and one is not None and one.score_map is not None:
            yield _Reading(one.score_map, comparing.cuts, comparing.identity, one.alignment)
        else:
            yield _Reading(next(maps), cuts, detector.identity, None if one is None else one.alignment)


def _compare(
    image: GrayImage | UserError, record: ImageRecord, comparing: Comparing | None, ctx: JobContext
) -> Compared | None:
    if comparing is None or isinstance(image, UserError):
        return None
    ctx.check()
    return compare(comparing, image, record)


def _result_of(record: ImageRecord, reading: _Reading | UserError, recipe: Recipe, cuts: Cuts) -> Measured:
    if isinstance(reading, UserError):
        return Measured(record, Detection(record.name, cuts.ng_at, error=str(reading)))
    score_map = reading.score_map
    verdict = judge(score_map.score, reading.cuts)
    mask, regions = _segment(score_map, verdict, recipe, reading.cuts, record.pixel_size)
    detection = Detection(
        image_name=record.name,
        threshold=reading.cuts.ng_at,
        score=score_map.score,
        verdict=verdict,
        regions=regions,
        area_px=mask.area_px,
        unknown_at=reading.cuts.unknown_at,
        reference=str(record.reference) if reading.alignment is not None else "",
        alignment=reading.alignment,
        guess=score_map.guess,
    )
    below = record.size_hw[0] - score_map.values.shape[0]
    return Measured(
        record,
        detection,
        np.pad(score_map.values, ((0, below), (0, 0))),
        np.pad(mask.pixels, ((0, below), (0, 0))),
        reading.model,
    )


def _meet_the_lot(records: Sequence[ImageRecord], detector: Detector, count: int, ctx: JobContext) -> None:
    """Show the detector images spread evenly over the lot; unreadable ones are reported when they are measured."""
    step = max(1, len(records) // count)
    for record in ctx.track(records[::step][:count], "comparing the lot's images"):
        image = read_specimen(record, ctx)
        if not isinstance(image, UserError):
            detector.meet([image])


def judge_again(measured: Measured, recipe: Recipe, cuts: Cuts) -> Measured:
    """The same map by the thresholds and the mask rule of another recipe.

    Args:
        measured: an image with a result.
        recipe: whose mask rule counts.
        cuts: of the recipe, for whoever made the map.
    """
    found, values, model = measured.detection, measured.values, measured.model
    if found.score is None or values is None or model is None:
        return measured
    score_map = ScoreMap(values[: measured.record.content_height], found.score, found.guess)
    return _result_of(measured.record, _Reading(score_map, cuts, model, found.alignment), recipe, cuts)


def failures_of(lot: Lot, cuts: Cuts) -> tuple[Detection, ...]:
    """Results of the files that are no readable images: the reason, and nothing measured."""
    return tuple(Detection(failure.name, cuts.ng_at, error=failure.reason) for failure in lot.failures)


def _segment(
    score_map: ScoreMap, verdict: ModelVerdict, recipe: Recipe, cuts: Cuts, pixel_size: PixelSize | None
) -> tuple[Mask, tuple[Region, ...]]:
    """Mask and regions; an image that passed has none, so that no outline contradicts the verdict."""
    if verdict is ModelVerdict.OK:
        return Mask(np.zeros(score_map.values.shape, np.bool_)), ()
    return segment(score_map, recipe.segmentation, floor=cuts.floor, pixel_size=pixel_size)
