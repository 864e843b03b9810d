"""What one part of an image's story puts into a report row: the image, its defect, the model, the decision."""

from datetime import UTC, datetime
from typing import Any, TypeAlias

from core.domain.decisions import Decision, DefectClass, Judgement
from core.domain.detections import Detection
from core.domain.ids import ClassId
from core.domain.lots import ImageRecord, PixelSize
from core.domain.paths import split_page
from core.domain.review import Run
from core.reporting.totals import unlisted_class

Cells: TypeAlias = dict[str, Any]
"""Some of a row's columns."""

_PAGE_MARK = "#page="


def utc_text(moment: datetime) -> str:
    """ISO 8601 in UTC to the second; a naive moment is taken as UTC, for the database stores none other."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.strftime("%Y-%m-%dT%H:%M:%SZ")


def image_cells(record: ImageRecord) -> Cells:
    """Hash, pages and pixel size."""
    cells: Cells = {"image_sha256": record.sha256}
    if _PAGE_MARK in record.name:
        cells["page_test"] = record.page + 1
    if record.reference is not None and _PAGE_MARK in record.reference.name:
        cells["page_ref"] = split_page(record.reference)[1] + 1
    if record.pixel_size is not None:
        cells |= {"nm_per_px": record.pixel_size.nm, "nm_per_px_source": record.pixel_size.source}
    return cells


def detection_cells(detection: Detection | None, pixel_size: PixelSize | None) -> Cells:
    """Score, regions, how it lay on its reference, and the class that the detector takes it for."""
    if detection is None:
        return {}
    if detection.score is None:
        return {"error": detection.error}
    cells: Cells = {
        "score": detection.score,
        "threshold": detection.threshold,
        "model_verdict": detection.verdict,
        "region_count": len(detection.regions),
        "area_px": detection.area_px,
    } | _alignment_cells(detection)
    if detection.guess is not None:
        cells |= {
            "model_class_name": detection.guess.name,
            "model_confidence": round(detection.guess.confidence, 4),
        }
    if detection.regions:
        x, y, width, height = detection.regions[0].bbox_xywh
        cells |= {"bbox_x": x, "bbox_y": y, "bbox_w": width, "bbox_h": height}
    return cells | _size_cells(detection, pixel_size)


def _alignment_cells(detection: Detection) -> Cells:
    found = detection.alignment
    if found is None:
        return {"reference_mode": "none"}
    cells = {"reference": detection.reference, "align_confidence": round(found.confidence, 4)}
    if not found.is_trusted:
        return cells | {"reference_mode": "none", "align_problem": found.reason}
    return cells | {
        "reference_mode": "compared",
        "align_dx": round(found.dx, 3),
        "align_dy": round(found.dy, 3),
        "align_ambiguous": int(found.is_ambiguous),
        "align_by_hand": int(found.is_by_hand),
    }


def _size_cells(detection: Detection, pixel_size: PixelSize | None) -> Cells:
    if pixel_size is None or not detection.regions:
        return {}
    return {
        "size_nm": pixel_size.length_nm(detection.regions[0].longer_side_px),
        "area_nm2": pixel_size.area_nm2(detection.area_px),
    }


def run_cells(run: Run) -> Cells:
    """What measured it."""
    return {
        "recipe_id": run.recipe_name,
        "recipe_version": run.recipe_version,
        "recipe_sha256": run.recipe_sha256,
        "model_id": run.model_id,
        "model_sha256": run.model_sha256,
        "app_version": run.app_version,
        "device": run.device,
    }


def decision_cells(
    judgement: Judgement, classes: dict[ClassId, DefectClass], decision: Decision | None
) -> Cells:
    """The judgement in force and who made it."""
    cells: Cells = {"verdict": judgement.verdict, "killer": judgement.killer, "note": judgement.note or None}
    if judgement.class_id is not None:
        given = classes.get(judgement.class_id) or unlisted_class(judgement.class_id)
        cells |= {"final_class_id": given.id, "final_class_name": given.name, "class_code": given.code}
    if decision is not None:
        cells |= {"reviewer": decision.reviewer, "decided_at_utc": utc_text(decision.decided_at_utc)}
    return cells
