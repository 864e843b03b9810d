"""Detection without a window: an input folder or file to an output folder, and to the history if wanted."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from core.domain.errors import UserError
from core.domain.ids import LotId
from core.domain.lots import ImageRecord, Lot
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.services.detection.comparing import ShiftXY, load_comparing
from core.services.detection.cuts import cuts_of
from core.services.detection.folder import DetectionFolder
from core.services.detection.lot import records_as_chosen
from core.services.detection.measuring import failures_of, measure_images
from core.services.detection.run_recorder import RunRecorder
from core.services.klarf.lots import read_source
from core.services.workspace import Workspace


def detect_files(
    source: Path,
    out: Path,
    recipe: Recipe,
    device: str,
    ctx: JobContext,
    workspace: Workspace | None = None,
    references: Path | None = None,
) -> int:
    """Detect on a folder, file, manifest or KLARF and write the results.

    Args:
        source: what to detect on.
        out: folder for detections.csv, maps/ and masks/.
        recipe: how.
        device: "auto", "cpu" or "cuda".
        references: a golden image for all, or a folder of references.
        workspace: whose history keeps the lot and the run too, and whose references and shifts, as engineers chose
            them, hold unless `references` is given; None keeps nothing.

    Returns:
        How many images have a result.

    Raises:
        UserError: nothing could be done.
        JobCancelled: between batches; what is written stays.
    """
    lot = read_source(source, ctx, references)
    from core.services.detection.detectors import load_detector  # torch takes seconds to import

    detector = load_detector(recipe.detector, device)
    lot_id = None if workspace is None else workspace.history.add_lot(lot)
    records: Sequence[ImageRecord] = lot.images
    shifts: dict[str, ShiftXY] = {}
    if workspace is not None and lot_id is not None and references is None:
        records, shifts = _as_chosen(workspace, lot_id, lot)
    comparing = load_comparing(recipe, device, records, shifts)
    done = 0
    with ExitStack() as stack:
        folder = stack.enter_context(DetectionFolder(out, recipe.sha256, detector.identity))
        folder.write_failures(failures_of(lot, cuts_of(recipe, detector)))
        recorder = None
        if workspace is not None and lot_id is not None:
            recorder = stack.enter_context(RunRecorder(workspace, lot_id, recipe, detector, comparing))
        for measured in measure_images(records, detector, recipe, ctx, comparing):
            folder.write(measured)
            if recorder is not None:
                recorder.keep(measured)
            done += measured.detection.score is not None
    if not done:
        raise UserError(f"None of the files in {source} is a readable image.", f"The reasons stand in {out}.")
    return done


def _as_chosen(
    workspace: Workspace, lot_id: LotId, lot: Lot
) -> tuple[Sequence[ImageRecord], dict[str, ShiftXY]]:
    """The lot's images with the references and shifts that engineers gave them."""
    present = {record.name for record in lot.images}
    items = workspace.history.list_items(lot_id)
    return records_as_chosen(item for item in items if item.record.name in present)
