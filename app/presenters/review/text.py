"""Sentences of the review screen, made of records."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.presenters.review.decisions import judgement_words
from app.presenters.review.pixels import LoadedImage
from app.views.review.score_band import Band
from app.views.review.words import MODEL_WORDS, size_text
from core.domain.alignment import Alignment
from core.domain.decisions import Decision, DefectClass
from core.domain.detections import Detection
from core.domain.ids import ClassId
from core.domain.lots import FailedImage, ImageRecord
from core.domain.review import ReviewItem

LONGEST_LABEL = 30  # letters; a manifest may write what it likes


def facts_text(record: ImageRecord | FailedImage) -> str:
    """Size, depth and pixel size; an unknown pixel size is left out."""
    if isinstance(record, FailedImage):
        return ""
    height, width = record.size_hw
    facts = [f"{width} × {height}", f"{record.bit_depth} bit"]
    if record.pixel_size is not None:
        facts.append(f"{size_text(record.pixel_size.nm)}/px ({record.pixel_size.source.partition(':')[0]})")
    if record.label is not None:
        facts.append(f"label “{_shortened(record.label)}”")
    return "   ".join(facts)


def _shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def model_text(detection: Detection | None) -> tuple[str, str]:
    """The model's word and its score."""
    if detection is None:
        return "Not detected", ""
    if detection.verdict is None or detection.score is None:
        return "Failed", ""
    return MODEL_WORDS[detection.verdict], f"{detection.score:.3f}"


def band_of(detection: Detection | None) -> Band | None:
    """The score between its thresholds; None without a score."""
    if detection is None or detection.score is None:
        return None
    return Band(detection.score, detection.unknown_at, detection.threshold)


def thresholds_text(detection: Detection | None) -> str:
    """What the scores mean, for the tip."""
    if detection is None or detection.score is None:
        return ""
    if detection.unknown_at is None:
        return f"NG from {detection.threshold:.3f}"
    return f"OK below {detection.unknown_at:.3f}, NG from {detection.threshold:.3f}, Unknown between them"


def readout_text(image: LoadedImage, record: ImageRecord, x: float, y: float) -> str:
    """What is under the cursor; empty outside the image."""
    column, row = math.floor(x), math.floor(y)
    height, width = image.pixels.shape
    if not (0 <= row < height and 0 <= column < width):
        return ""
    parts = [f"x {column}   y {row}", f"gray {int(image.pixels[row, column])}"]
    if image.values is not None:
        parts.append(f"residual {float(image.values[row, column]):.3f}")
    if image.reference is not None and image.reference.difference is not None and row < record.content_height:
        parts.append(f"difference {float(image.reference.difference[row, column]):.1f}")
    if record.pixel_size is not None:
        nm = record.pixel_size.nm
        parts.append(f"at {size_text(column * nm)}, {size_text(row * nm)}")
    return "      ".join(parts)


def alignment_text(item: ReviewItem, shift_xy: tuple[float, float]) -> tuple[str, bool]:
    """How an item lies on its reference, moved to this shift; and whether there is something wrong with that."""
    placed, found = item.placement, item.alignment
    dx, dy = shift_xy
    words = f"dx {dx:.2f} px, dy {dy:.2f} px, {_turn_text(placed)}"
    if (placed.dx, placed.dy) != shift_xy or (placed.is_by_hand and not placed.confidence):
        return words + "by hand, not compared yet (Ctrl+R)", False
    if placed.is_by_hand and item.choice.shift_xy is None:
        return words + "by hand; Ctrl+R registers it again", False
    if placed.is_trusted:
        words += f"confidence {placed.confidence:.2f}, {'by hand' if placed.is_by_hand else 'registered'}"
        return (f"{words}; ambiguous: the layout repeats", True) if placed.is_ambiguous else (words, False)
    if found is not None:
        return f"Reference not used: {found.reason}", True
    return "Reference not compared yet (Ctrl+R)", False


def _turn_text(placed: Alignment) -> str:
    """Where a turn or a scale was looked for and found."""
    if (placed.angle_deg, placed.scale) == (0.0, 1.0):
        return ""
    return f"turned {placed.angle_deg:.2f}°, scale {placed.scale:.3f}, "


def missing_words(item: ReviewItem, *, detecting: bool, has_map: bool) -> tuple[str, str, str] | None:
    """Title, sentence and button in the place of a residual that is not there; None where it is."""
    if item.detection is None and detecting:
        return "Not detected yet", "The lot is being measured.", ""
    if item.detection is None:
        return "Not detected yet", "This image has not been measured.", "Detect this lot"
    if item.detection.error:
        return "Detection failed", item.detection.error, ""
    if not has_map:
        return "No residual map", "The map's file is not in the station's folder any more.", ""
    return None


def history_lines(decisions: Sequence[Decision], classes: Mapping[ClassId, DefectClass]) -> tuple[str, ...]:
    """Decisions on an image, newest first."""
    return tuple(
        f"{_moment(made.decided_at_utc)}  {_outcome(made, classes)}  ({made.reviewer})"
        for made in reversed(decisions)
    )


def _outcome(made: Decision, classes: Mapping[ClassId, DefectClass]) -> str:
    words = judgement_words(made.after, classes)
    return f"Undo: {words}" if made.undo_of is not None else words


def _moment(at_utc: datetime) -> str:
    return at_utc.astimezone().strftime("%d %b %H:%M")
