"""Reports without identifiers: lots and images go by names that only the owner of a key can find again."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.domain.decisions import Decision, Judgement
from core.domain.detections import Detection
from core.domain.dispositions import Disposition
from core.domain.lots import FailedImage, ImageRecord, PixelSize
from core.domain.review import ReviewItem
from core.domain.wafers import LotSites
from core.reporting.lot_report import LotReport
from core.reporting.mask_names import MaskNames


def mask_identifiers(report: LotReport, key: bytes) -> LotReport:
    """The report under other names: the same key gives the same name again, and nobody else can compute it.

    Names of lot, wafers, images and references, and paths in recipes, become keyed hashes (HMAC-SHA-256, 12 digits);
    file suffixes stay. In notes and messages the names of the lot, of the image itself and of the lot's other images
    are replaced. Hashes of files, recipe, model and audit stay, for they prove and do not tell; so do the names of
    classes and reviewers.
    """
    names = MaskNames(report, key)
    of_item = {item.image_id: item for item in report.items}
    return replace(
        report,
        lot_name=names.lot,
        lot_source=Path(names.lot),
        audit_fault=names.free_text(report.audit_fault),
        items=tuple(_masked_item(item, names) for item in report.items),
        dispositions=tuple(_masked_disposition(one, names) for one in report.dispositions),
        decisions=tuple(
            _masked_decision(made, of_item.get(made.image_id), names) for made in report.decisions
        ),
        runs=tuple(replace(run, recipe_json=_masked_recipe(run.recipe_json, names)) for run in report.runs),
        sites=None if report.sites is None else _masked_sites(report.sites, names),
    )


def _masked_item(item: ReviewItem, names: MaskNames) -> ReviewItem:
    record = item.record
    name = names.image(record.name)
    masked: ImageRecord | FailedImage
    if isinstance(record, FailedImage):
        masked = FailedImage(Path(name), name, names.message(record.reason, record))
    else:
        reference = None if record.reference is None else Path(names.image(str(record.reference)))
        masked = replace(
            record,
            name=name,
            path=Path(name),
            reference=reference,
            pixel_size=_masked_size(record.pixel_size, record, names),
        )
    found = None if item.detection is None else _masked_detection(item.detection, record, names)
    return replace(
        item, record=masked, detection=found, judgement=_masked_judgement(item.judgement, record, names)
    )


def _masked_size(size: PixelSize | None, record: ImageRecord, names: MaskNames) -> PixelSize | None:
    """How a reviewer knows a pixel size is free text."""
    return None if size is None else replace(size, source=names.free_text(size.source, record))


def _masked_detection(found: Detection, record: ImageRecord | FailedImage, names: MaskNames) -> Detection:
    aligned = found.alignment
    return replace(
        found,
        image_name=names.image(found.image_name),
        error=names.message(found.error, record),
        reference=names.image(found.reference) if found.reference else "",
        alignment=aligned and replace(aligned, reason=names.message(aligned.reason, record)),
    )


def _masked_judgement(
    given: Judgement, record: ImageRecord | FailedImage | None, names: MaskNames
) -> Judgement:
    return replace(given, note=names.free_text(given.note, record))


def _masked_decision(made: Decision, item: ReviewItem | None, names: MaskNames) -> Decision:
    record = None if item is None else item.record
    return replace(
        made,
        before=_masked_judgement(made.before, record, names),
        after=_masked_judgement(made.after, record, names),
    )


def _masked_disposition(one: Disposition, names: MaskNames) -> Disposition:
    wafer = names.wafer(one.given.wafer) if one.given.wafer else one.given.wafer
    return replace(one, given=replace(one.given, wafer=wafer, reason=names.free_text(one.given.reason)))


def _masked_sites(sites: LotSites, names: MaskNames) -> LotSites:
    """Wafers, lot, device, step, station and setup are names; places, sizes, classes and defect numbers are not."""
    return replace(
        sites,
        wafers=tuple(
            replace(
                plan,
                wafer_id=names.wafer(plan.wafer_id) if plan.wafer_id else "",
                inspection=names.inspection(plan.inspection),
            )
            for plan in sites.wafers
        ),
        defect_of={names.image(name): defect for name, defect in sites.defect_of.items()},
    )


def _masked_recipe(recipe_json: str, names: MaskNames) -> str:
    """Paths are values with a separator; what else a recipe says is no name of a lot."""

    def masked(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: masked(inner) for key, inner in value.items()}
        is_path = isinstance(value, str) and ("/" in value or "\\" in value)
        return names.image(value) if is_path else value

    return json.dumps(masked(json.loads(recipe_json)))
