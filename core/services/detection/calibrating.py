"""A recipe's thresholds from a user's own defect-free images: no training, minutes instead of hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.detector import Detector
from core.domain.lots import ImageRecord
from core.domain.recipes import Recipe, Thresholds, write_recipe
from core.jobs import JobContext
from core.services.detection.normal_images import read_normal_images, score_normals
from core.services.output_place import refuse_unwritable


@dataclass(frozen=True, slots=True)
class CalibratedRecipe:
    """What a calibration made.

    Attributes:
        recipe: with its new thresholds.
        scores: by image.
        suspects: names of the images that are NG by the new thresholds: they may have a defect after all.
    """

    recipe: Recipe
    scores: dict[str, float]
    suspects: tuple[str, ...]


def calibrate_recipe(
    source: Path | Sequence[Path], recipe: Recipe, out: Path, device_name: str, ctx: JobContext
) -> CalibratedRecipe:
    """Measure presumed defect-free images with a recipe and write it again with thresholds of its own.

    Images that cannot be used are emitted as FailedImages.

    Args:
        source: a folder, files or a manifest; presumed defect-free where no label says otherwise.
        recipe: how to measure; its own thresholds do not count.
        out: the new recipe, one version higher.
        device_name: "auto", "cpu" or "cuda".

    Raises:
        UserError: there is nothing to measure, weights or device are not there, or `out` cannot be written.
        JobCancelled: between images; nothing is written.
    """
    refuse_unwritable(out)
    normals = read_normal_images(source, ctx)
    from core.services.detection.detectors import load_detector  # torch takes seconds to import

    detector = load_detector(recipe.detector, device_name)
    made = calibrate_on(normals.records, detector, recipe, ctx)
    write_recipe(out, made.recipe)
    return made


def calibrate_on(
    records: Sequence[ImageRecord], detector: Detector, recipe: Recipe, ctx: JobContext
) -> CalibratedRecipe:
    """Thresholds from images that are at hand; those that vanished meanwhile are emitted as FailedImages.

    Raises:
        UserError: none of them could be scored.
        JobCancelled: between images.

    Source:
        `cuts_from_normals`.
    """
    from core.detection.training.cuts import cuts_from_normals

    scores = score_normals(records, detector, recipe, ctx)
    unknown_at, ng_at = cuts_from_normals(list(scores.values()))
    thresholds = Thresholds(unknown_at=unknown_at, ng_at=ng_at)
    suspects = tuple(name for name, score in scores.items() if score >= ng_at)
    return CalibratedRecipe(next_version(recipe, thresholds), scores, suspects)


def next_version(recipe: Recipe, thresholds: Thresholds) -> Recipe:
    """The recipe with other thresholds, one version higher."""
    return recipe.model_copy(update={"thresholds": thresholds, "version": recipe.version + 1})
