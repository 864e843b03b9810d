"""Detection on a lot of the history."""

from dataclasses import dataclass

from core.domain.detections import Detection
from core.domain.errors import JobCancelled
from core.domain.ids import ImageId, LotId, RunId
from core.domain.lots import FailedImage, ImageRecord
from core.domain.maps import MAP_RANGE
from core.domain.recipes import Recipe
from core.domain.review import ReviewItem, RunState
from core.jobs import JobContext
from core.services.measuring import Measured, measure_images
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class DetectedImage:
    """A partial result of `detect_lot`."""

    image_id: ImageId
    run_id: RunId
    detection: Detection


def default_recipe() -> Recipe:
    """What a lot is measured with when nobody chose."""
    return Recipe()


def display_range() -> tuple[float, float]:
    """Map values at the two ends of the colour bar: fixed, so that images can be compared."""
    return MAP_RANGE


def list_devices() -> tuple[str, ...]:
    """Devices that can be chosen here, the fastest first; imports torch, so it belongs in a job."""
    from core.detection import device

    return device.list_devices()


def detect_lot(workspace: Workspace, lot_id: LotId, recipe: Recipe, device: str, ctx: JobContext) -> RunId:
    """Measure every image of a lot; each result is kept and emitted as a DetectedImage as it comes.

    Args:
        device: "auto", "cpu" or "cuda".

    Raises:
        UserError: weights or device are not there.
        JobCancelled: between images; what was measured is kept.
    """
    ctx.report(0, 0, "loading the detector")
    from core.detection.registry import load_detector  # torch takes seconds: imported here, in the worker

    detector = load_detector(recipe.detector, device)
    items = {_key(item.record): item for item in workspace.history.list_items(lot_id)}
    records = [item.record for item in items.values() if isinstance(item.record, ImageRecord)]
    run_id = workspace.history.start_run(
        lot_id,
        recipe=recipe,
        model_id=detector.identity.model_id,
        model_sha256=detector.identity.sha256,
        device=detector.device_text,
    )
    state = RunState.FAILED
    try:
        for measured in measure_images(records, detector, recipe, ctx):
            _keep(workspace, run_id, items[_key(measured.record)], measured, ctx)
        state = RunState.FINISHED
    except JobCancelled:
        state = RunState.CANCELLED
        raise
    finally:
        workspace.history.finish_run(run_id, state)
    return run_id


def _keep(workspace: Workspace, run_id: RunId, item: ReviewItem, measured: Measured, ctx: JobContext) -> None:
    map_file = "" if measured.values is None else workspace.maps.save_map(measured.values)
    mask_file = "" if measured.mask is None else workspace.maps.save_mask(measured.mask)
    workspace.history.save_detections(run_id, [(item.image_id, measured.detection, map_file, mask_file)])
    ctx.emit(DetectedImage(item.image_id, run_id, measured.detection))


def _key(record: ImageRecord | FailedImage) -> str:
    return record.name
