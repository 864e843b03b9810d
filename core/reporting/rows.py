"""One flat row an image: the columns of the CSV, and what the HTML tables show."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from core.domain.decisions import Decision, DefectClass, Judgement
from core.domain.detections import Detection
from core.domain.ids import ClassId, ImageId, RunId
from core.domain.lots import FailedImage, ImageRecord, PixelSize
from core.domain.review import ReviewItem, Run
from core.reporting.lot_report import LotReport
from core.reporting.totals import classes_by_id, unlisted_class


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One image's columns, named and ordered as they are exported. None = not measured.

    Attributes:
        image_path: relative to the lot's root, with forward slashes; a stack's pages end in "#page=2".
        score, threshold: on the recipe's threshold scale; the threshold is the one for NG.
        area_px, area_nm2: of all defective pixels.
        reference_mode: "compared" with its reference, or "none": scored alone.
        reference, align_dx, align_dy, align_confidence, align_ambiguous, align_problem: as `residua detect` has them.
        align_by_hand: 1 where an engineer placed the reference.
        bbox_x, bbox_y, bbox_w, bbox_h, size_nm: of the most anomalous region; the size is its longer side.
        reviewer, decided_at_utc: of the decision in force.
        app_version: that measured.
        audit_head: the report's, the same in every row, so that a row that is passed on still proves its history.
    """

    lot_id: str
    image_path: str
    image_sha256: str | None = None
    score: float | None = None
    threshold: float | None = None
    model_verdict: str | None = None
    region_count: int | None = None
    area_px: int | None = None
    bbox_x: int | None = None
    bbox_y: int | None = None
    bbox_w: int | None = None
    bbox_h: int | None = None
    nm_per_px: float | None = None
    nm_per_px_source: str | None = None
    size_nm: float | None = None
    area_nm2: float | None = None
    reference_mode: str | None = None
    reference: str | None = None
    align_dx: float | None = None
    align_dy: float | None = None
    align_confidence: float | None = None
    align_ambiguous: int | None = None
    align_by_hand: int | None = None
    align_problem: str | None = None
    verdict: str | None = None
    final_class_id: int | None = None
    final_class_name: str | None = None
    class_code: int | None = None
    killer: str | None = None
    note: str | None = None
    reviewer: str | None = None
    decided_at_utc: str | None = None
    recipe_id: str | None = None
    recipe_version: int | None = None
    recipe_sha256: str | None = None
    model_id: str | None = None
    model_sha256: str | None = None
    app_version: str | None = None
    device: str | None = None
    error: str | None = None
    audit_head: str | None = None


_Cells: TypeAlias = dict[str, Any]  # some of a row's columns

COLUMNS = tuple(column.name for column in fields(ReportRow))


def report_rows(report: LotReport) -> Iterator[ReportRow]:
    """One row an item, in the items' order."""
    runs = {run.id: run for run in report.runs}
    classes = classes_by_id(report.classes)
    latest = {decision.image_id: decision for decision in report.decisions}
    for item in report.items:
        yield replace(
            _row(report.lot_name, item, runs, classes, latest), audit_head=report.audit_head or None
        )


def utc_text(moment: datetime) -> str:
    """ISO 8601 in UTC to the second; a naive moment is taken as UTC, for the database stores none other."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.strftime("%Y-%m-%dT%H:%M:%SZ")


def _row(
    lot_name: str,
    item: ReviewItem,
    runs: dict[RunId, Run],
    classes: dict[ClassId, DefectClass],
    latest: dict[ImageId, Decision],
) -> ReportRow:
    record = item.record
    cells: _Cells = {"lot_id": lot_name, "image_path": record.name}
    if isinstance(record, FailedImage):
        cells["error"] = record.reason
    else:
        cells |= _image_cells(record)
        cells |= _detection_cells(item.detection, record.pixel_size)
    if item.run_id is not None and item.run_id in runs:
        cells |= _run_cells(runs[item.run_id])
    if item.is_decided:
        cells |= _decision_cells(item.judgement, classes, latest.get(item.image_id))
    return ReportRow(**cells)


def _image_cells(record: ImageRecord) -> _Cells:
    cells: _Cells = {"image_sha256": record.sha256}
    if record.pixel_size is not None:
        cells |= {"nm_per_px": record.pixel_size.nm, "nm_per_px_source": record.pixel_size.source}
    return cells


def _detection_cells(detection: Detection | None, pixel_size: PixelSize | None) -> _Cells:
    if detection is None:
        return {}
    if detection.score is None:
        return {"error": detection.error}
    cells: _Cells = {
        "score": detection.score,
        "threshold": detection.threshold,
        "model_verdict": detection.verdict,
        "region_count": len(detection.regions),
        "area_px": detection.area_px,
    } | _alignment_cells(detection)
    if detection.regions:
        x, y, width, height = detection.regions[0].bbox_xywh
        cells |= {"bbox_x": x, "bbox_y": y, "bbox_w": width, "bbox_h": height}
    return cells | _size_cells(detection, pixel_size)


def _alignment_cells(detection: Detection) -> _Cells:
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


def _size_cells(detection: Detection, pixel_size: PixelSize | None) -> _Cells:
    if pixel_size is None or not detection.regions:
        return {}
    return {
        "size_nm": pixel_size.length_nm(detection.regions[0].longer_side_px),
        "area_nm2": pixel_size.area_nm2(detection.area_px),
    }


def _run_cells(run: Run) -> _Cells:
    return {
        "recipe_id": run.recipe_name,
        "recipe_version": run.recipe_version,
        "recipe_sha256": run.recipe_sha256,
        "model_id": run.model_id,
        "model_sha256": run.model_sha256,
        "app_version": run.app_version,
        "device": run.device,
    }


def _decision_cells(
    judgement: Judgement, classes: dict[ClassId, DefectClass], decision: Decision | None
) -> _Cells:
    cells: _Cells = {"verdict": judgement.verdict, "killer": judgement.killer, "note": judgement.note or None}
    if judgement.class_id is not None:
        given = classes.get(judgement.class_id) or unlisted_class(judgement.class_id)
        cells |= {"final_class_id": given.id, "final_class_name": given.name, "class_code": given.code}
    if decision is not None:
        cells |= {"reviewer": decision.reviewer, "decided_at_utc": utc_text(decision.decided_at_utc)}
    return cells
