"""Detection without a window or a history: an input folder or file to an output folder."""

from pathlib import Path

from core.domain.errors import UserError
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.lots import read_lot
from core.services.detection_folder import DetectionFolder, Provenance
from core.services.measuring import cuts_of, failures_of, measure_images


def detect_files(source: Path, out: Path, recipe: Recipe, device: str, ctx: JobContext) -> int:
    """Detect on a folder, file or manifest and write the results.

    Args:
        source: what to detect on.
        out: folder for detections.csv, maps/ and masks/.
        recipe: how.
        device: "auto", "cpu" or "cuda".

    Returns:
        How many images have a result.

    Raises:
        UserError: nothing could be done.
        JobCancelled: between batches; what is written stays.
    """
    from core.detection.registry import load_detector  # torch takes seconds to import

    lot = read_lot(source, ctx)
    detector = load_detector(recipe.detector, device)
    identity = detector.identity
    provenance = Provenance(recipe.sha256, identity.model_id, identity.sha256)
    done = 0
    with DetectionFolder(out, provenance) as folder:
        folder.write_failures(failures_of(lot, cuts_of(recipe, detector)))
        for measured in measure_images(lot.images, detector, recipe, ctx):
            folder.write(measured)
            done += measured.detection.score is not None
    if not done:
        raise UserError(f"None of the files in {source} is a readable image.", f"The reasons stand in {out}.")
    return done
