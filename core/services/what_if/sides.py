"""One of two recipes on a lot: what measures for it, and what the history knows of it already."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from core.domain.arrays import BoolArray, FloatArray
from core.domain.detections import Detection, ModelVerdict
from core.domain.detector import Detector
from core.domain.ids import ImageId, LotId, RunId
from core.domain.lots import ImageRecord
from core.domain.recipes import Recipe
from core.domain.review import ReviewItem
from core.domain.stored_results import StoredResult
from core.jobs import JobContext
from core.services.detection.comparing import Comparing, load_comparing
from core.services.detection.cuts import cuts_of, judge
from core.services.detection.measuring import Measured, judge_again, measure_images
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Side:
    """A recipe, ready to measure.

    Attributes:
        stored: results of runs of the same recipe and weights, on the same references.
    """

    recipe: Recipe
    detector: Detector
    comparing: Comparing | None
    stored: Mapping[ImageId, StoredResult]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a side says of an image.

    Attributes:
        verdict, score: None where the image failed.
        read_mask: makes or reads the (H, W) mask, which only a few images need.
        is_stored: it was there already.
        class_name: the defect class that it suggests; empty where it knows of none.
    """

    verdict: ModelVerdict | None
    score: float | None
    read_mask: Callable[[], BoolArray | None]
    is_stored: bool = False
    class_name: str = ""


def load_side(
    workspace: Workspace,
    lot_id: LotId,
    items: Sequence[ReviewItem],
    recipe: Recipe,
    device: str,
    loaded: Side | None = None,
) -> Side:
    """Get a recipe ready.

    Args:
        items: of the lot, all of them readable.
        device: "auto", "cpu" or "cuda".
        loaded: whose detector is taken where it is the same one.

    Raises:
        UserError: weights or device are not there.
    """
    from core.services.detection.detectors import (
        load_detector,  # torch takes seconds: imported here, in the worker
    )

    judges_alone = not recipe.detector.mutual_images  # otherwise it meets the lot, and once only
    if loaded is not None and judges_alone and loaded.recipe.detector == recipe.detector:
        detector = loaded.detector
    else:
        detector = load_detector(recipe.detector, device)
    shifts = {item.record.name: item.choice.shift_xy for item in items if item.choice.shift_xy is not None}
    comparing = load_comparing(recipe, device, records_of(items), shifts)
    return Side(recipe, detector, comparing, _stored(workspace, lot_id, items, recipe, detector, comparing))


def records_of(items: Sequence[ReviewItem]) -> list[ImageRecord]:
    """The images of items that are readable."""
    return [item.record for item in items if isinstance(item.record, ImageRecord)]


def measure_for(side: Side, items: Sequence[ReviewItem], ctx: JobContext) -> Iterator[Measured]:
    """Measure images with a side's recipe; the owner's progress is left alone."""
    return measure_images(
        records_of(items), side.detector, side.recipe, JobContext(ctx.token), side.comparing
    )


def fresh_answer(measured: Measured) -> Answer:
    """Of an image that was just measured."""
    found = measured.detection
    return Answer(found.verdict, found.score, lambda: measured.mask, class_name=_class_of(found))


def stored_answer(workspace: Workspace, stored: StoredResult) -> Answer:
    """Of an image that the same recipe measured before."""
    found = stored.detection
    read = partial(workspace.maps.load_mask, stored.mask_file) if stored.mask_file else lambda: None
    return Answer(found.verdict, found.score, read, is_stored=True, class_name=_class_of(found))


def answer_by_fresh_map(side: Side, measured: Measured) -> Answer:
    """Of an image that another recipe has just measured with the same detector."""
    return _judged(side, measured.record, measured.detection, lambda: measured.values, is_stored=False)


def answer_by_stored_map(
    workspace: Workspace, side: Side, record: ImageRecord, stored: StoredResult
) -> Answer:
    """Of an image that another recipe measured before with the same detector."""
    read = partial(workspace.maps.load_map, stored.map_file)
    return _judged(side, record, stored.detection, read, is_stored=True)


def _judged(
    side: Side,
    record: ImageRecord,
    found: Detection,
    read_map: Callable[[], FloatArray | None],
    *,
    is_stored: bool,
) -> Answer:
    """By the side's own thresholds and mask rule."""
    if found.score is None:
        return Answer(None, None, lambda: None, is_stored)
    was_compared = found.alignment is not None and found.alignment.is_trusted
    compared = side.comparing if was_compared else None
    cuts = cuts_of(side.recipe, side.detector) if compared is None else compared.cuts
    model = side.detector.identity if compared is None else compared.identity

    def read_mask() -> BoolArray | None:
        return judge_again(Measured(record, found, read_map(), None, model), side.recipe, cuts).mask

    return Answer(judge(found.score, cuts), found.score, read_mask, is_stored, _class_of(found))


def _class_of(found: Detection) -> str:
    return "" if found.suggestion is None else found.suggestion.name


def _stored(
    workspace: Workspace,
    lot_id: LotId,
    items: Sequence[ReviewItem],
    recipe: Recipe,
    detector: Detector,
    comparing: Comparing | None,
) -> Mapping[ImageId, StoredResult]:
    if recipe.detector.mutual_images:
        return {}  # a score then depends on which other images were there
    models = [detector.identity] + ([] if comparing is None else [comparing.identity])
    wanted = "+".join(model.sha256 for model in models)
    found = workspace.history.evidence.lot_results(lot_id, recipe.sha256)
    by_run: dict[RunId, bool] = {}
    for result in found.values():
        if result.run_id not in by_run:
            by_run[result.run_id] = workspace.history.run(result.run_id).model_sha256 == wanted
    kept = ((item, found[item.image_id]) for item in items if item.image_id in found)
    is_compared = comparing is not None
    return {
        item.image_id: result
        for item, result in kept
        if by_run[result.run_id] and _had_same_reference(item, result.detection, is_compared=is_compared)
    }


def _had_same_reference(item: ReviewItem, found: Detection, *, is_compared: bool) -> bool:
    wanted = str(item.reference) if is_compared and item.reference is not None else ""
    placed = found.alignment
    by_hand = (placed.dx, placed.dy) if placed is not None and placed.is_by_hand else None
    return found.reference == wanted and (not wanted or by_hand == item.choice.shift_xy)
