"""COCO: images, boxes and masks for whoever trains or evaluates on what was decided."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from core.domain.arrays import BoolArray
from core.domain.errors import UserError
from core.domain.ids import ClassId
from core.domain.lots import ImageRecord
from core.domain.maps import Region
from core.domain.review import ReviewItem
from core.jobs import JobContext
from core.reporting.files import replacing_text_file
from core.reporting.html_page import OverlaySource
from core.reporting.lot_report import LotReport
from core.reporting.rows import ReportRow, report_rows, utc_text
from core.reporting.summary import named_counts
from core.reporting.totals import classes_by_id, unlisted_class

UNCLASSIFIED = 0
"""Category of regions of images without a class; ids of classes begin at 1."""


def write_coco(report: LotReport, overlays: OverlaySource, out: Path, ctx: JobContext) -> None:
    """Write images, categories (their ids are the classes') and one annotation a region.

    A region's category, verdict and killer are its image's, because that is what was decided. Masks are
    uncompressed run-length codes, column by column; a region whose mask is gone has its box alone. Files that could
    not be read are no COCO images; `info` counts them.

    Raises:
        UserError: the file cannot be written.
        JobCancelled: the owner cancelled; nothing is left behind.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    rows = zip(report.items, report_rows(report), strict=True)
    for item, row in ctx.track(list(rows), "Writing COCO"):
        if isinstance(item.record, ImageRecord):
            images.append(_image(item, item.record, row))
            annotations += _annotations(item, overlays, len(annotations) + 1)
    content = {
        "info": _info(report),
        "images": images,
        "annotations": annotations,
        "categories": _categories(report),
    }
    with replacing_text_file(out, encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, allow_nan=False)


def _info(report: LotReport) -> dict[str, Any]:
    return {
        "description": f"Residua, lot {report.lot_name}",
        "version": report.app_version,
        "date_created": utc_text(report.generated_at_utc),
        "audit_head": report.audit_head,
        "audit_fault": report.audit_fault,
        "totals": named_counts(report.totals),
    }


def _categories(report: LotReport) -> list[dict[str, Any]]:
    given = {
        item.judgement.class_id: unlisted_class(item.judgement.class_id)
        for item in report.items
        if item.judgement.class_id is not None
    }
    named = given | classes_by_id(report.classes)
    classes = [
        {"id": class_id, "name": found.name, "supercategory": "defect", "code": found.code}
        for class_id, found in sorted(named.items())
    ]
    return [{"id": UNCLASSIFIED, "name": "unclassified", "supercategory": "defect", "code": None}, *classes]


def _image(item: ReviewItem, record: ImageRecord, row: ReportRow) -> dict[str, Any]:
    return {
        "id": item.image_id,
        "file_name": record.name,
        "height": record.size_hw[0],
        "width": record.size_hw[1],
        "sha256": record.sha256,
        "nm_per_px": row.nm_per_px,
        "score": row.score,
        "model_verdict": row.model_verdict,
        "verdict": row.verdict,
        "class_id": row.final_class_id,
        "killer": row.killer,
        "error": row.error,
    }


def _annotations(item: ReviewItem, overlays: OverlaySource, first_id: int) -> Iterator[dict[str, Any]]:
    regions = item.detection.regions if item.detection else ()
    labels = _labels(item, overlays) if regions else None
    for number, region in enumerate(regions, start=first_id):
        yield {
            "id": number,  # from 1: evaluation takes 0 for "no match"
            "image_id": item.image_id,
            "category_id": ClassId(item.judgement.class_id or UNCLASSIFIED),
            "bbox": list(region.bbox_xywh),
            "area": region.area_px,
            "iscrowd": 0,
            "score": region.score,
            "verdict": item.judgement.verdict,
        } | _segmentation(labels, region)


def _labels(item: ReviewItem, overlays: OverlaySource) -> np.ndarray | None:
    """(H, W) int32 numbers of the mask's connected parts; None where the mask is gone."""
    try:
        _values, mask = overlays(item)
    except UserError:  # a mask that is gone costs its outlines, not the report
        return None
    return None if mask is None else cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[1]


def _segmentation(labels: np.ndarray | None, region: Region) -> dict[str, Any]:
    if labels is None:
        return {}
    left, top, width, height = region.bbox_xywh
    inside = labels[top : top + height, left : left + width]
    counts = np.bincount(inside.ravel())[1:]
    if not counts.any():
        return {}
    part = labels == 1 + int(np.argmin(np.abs(counts - region.area_px)))
    return {"segmentation": {"size": list(labels.shape), "counts": run_lengths(part)}}


def run_lengths(part: BoolArray) -> list[int]:
    """Lengths of the runs of an (H, W) mask, column by column, beginning with those outside."""
    flat = part.ravel(order="F")
    ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    lengths = np.diff(np.concatenate([[0], ends, [flat.size]])).tolist()
    return [0, *lengths] if flat[0] else lengths
