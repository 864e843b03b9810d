"""One flat row an image: the columns of the CSV, and what the HTML tables show."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from core.domain.decisions import Decision, DefectClass
from core.domain.ids import ClassId, ImageId, RunId
from core.domain.lots import FailedImage
from core.domain.review import ReviewItem, Run
from core.reporting.lot_report import LotReport
from core.reporting.row_cells import (
    Cells,
    decision_cells,
    detection_cells,
    image_cells,
    run_cells,
    utc_text,
)
from core.reporting.site_cells import site_cells
from core.reporting.totals import classes_by_id

__all__ = ["COLUMNS", "ReportRow", "report_rows", "utc_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One image's columns, named and ordered as they are exported. None = not measured.

    Attributes:
        fab_lot to klarf_class_name: as the lot's KLARF says of the defect that the image shows.
        image_path: relative to the lot's root, with forward slashes; a stack's pages end in "#page=2".
        page_test, page_ref: pages of the image and of its reference, from 1, where they are pages of a stack.
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
    fab_lot: str | None = None
    wafer_id: str | None = None
    slot: int | None = None
    device_id: str | None = None
    step_id: str | None = None
    inspection_station: str | None = None
    setup_id: str | None = None
    result_timestamp: str | None = None
    defect_id: str | None = None
    xindex: int | None = None
    yindex: int | None = None
    xrel_um: float | None = None
    yrel_um: float | None = None
    x_wafer_um: float | None = None
    y_wafer_um: float | None = None
    defect_size_um: float | None = None
    klarf_class_number: int | None = None
    klarf_class_name: str | None = None
    image_path: str
    image_sha256: str | None = None
    page_test: int | None = None
    page_ref: int | None = None
    score: float | None = None
    threshold: float | None = None
    model_verdict: str | None = None
    model_class_name: str | None = None
    model_confidence: float | None = None
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


COLUMNS = tuple(column.name for column in fields(ReportRow))


def report_rows(report: LotReport) -> Iterator[ReportRow]:
    """One row an item, in the items' order."""
    runs = {run.id: run for run in report.runs}
    classes = classes_by_id(report.classes)
    latest = {decision.image_id: decision for decision in report.decisions}
    for item in report.items:
        row = _row(report.lot_name, item, runs, classes, latest)
        sites = {} if report.sites is None else site_cells(report.sites, item.record.name)
        yield replace(row, **sites, audit_head=report.audit_head or None)


def _row(
    lot_name: str,
    item: ReviewItem,
    runs: dict[RunId, Run],
    classes: dict[ClassId, DefectClass],
    latest: dict[ImageId, Decision],
) -> ReportRow:
    record = item.record
    cells: Cells = {"lot_id": lot_name, "image_path": record.name}
    if isinstance(record, FailedImage):
        cells["error"] = record.reason
    else:
        cells |= image_cells(record)
        cells |= detection_cells(item.detection, record.pixel_size)
    if item.run_id is not None and item.run_id in runs:
        cells |= run_cells(runs[item.run_id])
    if item.is_decided:
        cells |= decision_cells(item.judgement, classes, latest.get(item.image_id))
    return ReportRow(**cells)
