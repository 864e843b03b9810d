"""Images that are presumed defect-free: which of a lot's they are, and how the detector scores them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.detector import Detector
from core.domain.errors import UserError
from core.domain.lots import FailedImage, ImageRecord, Lot
from core.domain.recipes import Recipe, SegmentationOptions, Thresholds
from core.jobs import JobContext
from core.services.detection.measuring import measure_images
from core.services.klarf.lots import read_source

NORMAL = "normal"
_SHOWN_REASONS = 3


@dataclass(frozen=True, slots=True)
class NormalImages:
    """What may be learned from.

    Attributes:
        name: of the lot.
        records: in an order that depends on their content alone, each content once.
        skipped: how many images of the lot are not among them.
    """

    name: str
    records: tuple[ImageRecord, ...]
    skipped: int


def read_normal_images(
    source: Path | Sequence[Path], ctx: JobContext, *, min_side: int = 1, input_size: int | None = None
) -> NormalImages:
    """The images of a lot that are presumed defect-free; each other one is emitted as a FailedImage with the reason.

    Args:
        source: a folder, files, or a manifest; where it gives a label, only `normal` is defect-free.
        min_side: shortest side in px, as the network sees the image, that can be used.
        input_size: the recipe's, at which it sees it.

    Raises:
        UserError: there is nothing to read, or nothing that can be used.
        JobCancelled: between files.
    """
    lot = read_source(source, ctx)
    records: list[ImageRecord] = []
    skipped = list(lot.failures)
    known: dict[tuple[str, int], str] = {}
    for record in lot.images:
        first = known.setdefault((record.sha256, record.page), record.name)
        reason = _why_not(record, first, min_side, input_size)
        if reason:
            skipped.append(FailedImage(record.path, record.name, reason))
        else:
            records.append(record)
    for failure in skipped:
        ctx.emit(failure)
    if not records:
        raise _nothing_left(lot, skipped)
    records.sort(key=lambda record: (record.sha256, record.page))
    return NormalImages(lot.name, tuple(records), len(skipped))


def score_normals(
    records: Sequence[ImageRecord], detector: Detector, recipe: Recipe, ctx: JobContext
) -> dict[str, float]:
    """Image scores by name, as a detection with the recipe gives them; what vanished meanwhile is emitted.

    Raises:
        UserError: none of them could be scored.
        JobCancelled: between images.
    """
    scores: dict[str, float] = {}
    for measured in measure_images(records, detector, without_cuts(recipe), ctx):
        if measured.detection.score is None:
            ctx.emit(FailedImage(measured.record.path, measured.record.name, measured.detection.error))
        else:
            scores[measured.record.name] = measured.detection.score
    if not scores:
        raise UserError("None of the images could be scored.", "Check that the files are still there.")
    return scores


def without_cuts(recipe: Recipe) -> Recipe:
    """The recipe on its weights' own calibration: thresholds and floor are of the weights that they were set for."""
    segmentation = SegmentationOptions.model_validate({**recipe.segmentation.model_dump(), "floor": None})
    return recipe.model_copy(update={"thresholds": Thresholds(), "segmentation": segmentation})


def seen_hw(record: ImageRecord, input_size: int | None) -> tuple[int, int]:
    """Height and width in px at which the network sees a specimen area."""
    height, width = record.content_height, record.size_hw[1]
    scale = 1.0 if input_size is None else input_size / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def _why_not(record: ImageRecord, first: str, min_side: int, input_size: int | None) -> str:
    if record.label is not None and record.label.casefold() != NORMAL:
        return f"It is labelled “{record.label}”, not “{NORMAL}”."
    if first != record.name:
        return f"It is the same image as {first}."
    height, width = seen_hw(record, input_size)
    if min(height, width) < min_side:
        return f"{width} × {height} px are too few; {min_side} px a side are needed."
    return ""


def _nothing_left(lot: Lot, skipped: Sequence[FailedImage]) -> UserError:
    reasons = [f"{failure.name}: {failure.reason}" for failure in skipped[:_SHOWN_REASONS]]
    more = [f"And {len(skipped) - _SHOWN_REASONS} more."] if len(skipped) > _SHOWN_REASONS else []
    return UserError(
        f"None of the images of {lot.source} can be used as defect-free.", " ".join([*reasons, *more])
    )
