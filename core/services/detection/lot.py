"""Detection on a lot of the history."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.domain.detections import Detection
from core.domain.ids import ImageId, LotId, RunId
from core.domain.lots import ImageRecord
from core.domain.recipes import Recipe
from core.domain.review import ReviewItem
from core.jobs import JobContext
from core.services.detection.comparing import load_comparing
from core.services.detection.measuring import measure_images
from core.services.detection.run_recorder import RunRecorder
from core.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class DetectedImage:
    """A partial result of `detect_lot`."""

    image_id: ImageId
    run_id: RunId
    detection: Detection


def import_detector() -> None:
    """Import torch and all else that detection stands on. It takes seconds, so it belongs in a job."""
    import core.services.detection.detectors  # noqa: F401 - to have it imported is the point


def list_devices() -> dict[str, str]:
    """Devices that can be chosen here, the fastest first, with their names as runs record them.

    Imports torch, so it belongs in a job.
    """
    from core.networks import device

    device.use_physical_cores()  # as detection does: the name of a CPU says with how many threads
    return {name: device.describe_device(device.pick_device(name)) for name in device.list_devices()}


def records_as_chosen(
    items: Iterable[ReviewItem],
) -> tuple[list[ImageRecord], dict[str, tuple[float, float]]]:
    """Images with the references that engineers chose, and by name the shifts (dx, dy in px) that they gave."""
    readable = [(item.record, item.choice.shift_xy) for item in items if isinstance(item.record, ImageRecord)]
    shifts = {record.name: shift_xy for record, shift_xy in readable if shift_xy is not None}
    return [record for record, _ in readable], shifts


def detect_lot(
    workspace: Workspace,
    lot_id: LotId,
    recipe: Recipe,
    device: str,
    ctx: JobContext,
    only: Collection[ImageId] = (),
) -> RunId:
    """Measure the images of a lot; each result is kept and emitted as a DetectedImage as it comes.

    Args:
        device: "auto", "cpu" or "cuda".
        only: measure these again; every image where it is empty.

    Raises:
        UserError: weights or device are not there.
        JobCancelled: between images; what was measured is kept.
    """
    ctx.report(0, 0, "loading the detector")
    from core.services.detection.detectors import (
        load_detector,  # torch takes seconds: imported here, in the worker
    )

    detector = load_detector(recipe.detector, device)
    items = workspace.history.list_items(lot_id)
    lot, _ = records_as_chosen(items)
    records, shifts = records_as_chosen(item for item in items if not only or item.image_id in only)
    comparing = load_comparing(recipe, device, records, shifts)
    with RunRecorder(workspace, lot_id, recipe, detector, comparing) as recorder:
        for measured in measure_images(records, detector, recipe, ctx, comparing, lot=lot):
            ctx.emit(DetectedImage(recorder.keep(measured), recorder.run_id, measured.detection))
    return recorder.run_id
