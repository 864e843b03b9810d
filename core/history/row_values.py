"""Domain records as columns, and a judgement back from them."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core.domain.alignment import Alignment
from core.domain.decisions import Judgement, Killer, Verdict
from core.domain.detections import Detection
from core.domain.lots import FailedImage, ImageRecord
from core.domain.maps import Region
from core.history.schema import AnyRow

_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_KILLERS = {killer.value: killer for killer in Killer}
_NO_IMAGE = {"page": 0, "height": 0, "width": 0, "bit_depth": 0, "content_height": 0} | dict.fromkeys(
    ("pixel_size_nm", "pixel_size_source", "reference", "label")
)


def judgement_of(row: AnyRow, prefix: str = "") -> Judgement:
    """The judgement in a row's columns `verdict`, `class_id`, `killer` and `note`, or the same with a prefix."""
    columns = row._mapping
    return Judgement(
        _VERDICTS.get(columns[f"{prefix}verdict"]),
        columns[f"{prefix}class_id"],
        _KILLERS[columns[f"{prefix}killer"]],
        columns[f"{prefix}note"],
    )


def judgement_values(judgement: Judgement, prefix: str = "") -> dict[str, Any]:
    """The columns of a judgement."""
    return {
        f"{prefix}verdict": None if judgement.verdict is None else judgement.verdict.value,
        f"{prefix}class_id": judgement.class_id,
        f"{prefix}killer": judgement.killer.value,
        f"{prefix}note": judgement.note,
    }


def image_values(record: ImageRecord | FailedImage) -> Mapping[str, Any]:
    """The columns of an image or failed file, without its place in a lot."""
    named = {"path": str(record.path), "name": record.name}
    if isinstance(record, FailedImage):
        return named | {"sha256": "", "reason": record.reason} | _NO_IMAGE
    return named | {
        "sha256": record.sha256,
        "reason": "",
        "page": record.page,
        "height": record.size_hw[0],
        "width": record.size_hw[1],
        "bit_depth": record.bit_depth,
        "content_height": record.content_height,
        "pixel_size_nm": record.pixel_size.nm if record.pixel_size else None,
        "pixel_size_source": record.pixel_size.source if record.pixel_size else None,
        "reference": str(record.reference) if record.reference else None,
        "label": record.label,
    }


def detection_values(detection: Detection) -> dict[str, Any]:
    """The columns of a detection; plain numbers, as SQLite takes no numpy scalars."""
    return {
        "score": None if detection.score is None else float(detection.score),
        "verdict": None if detection.verdict is None else detection.verdict.value,
        "threshold": float(detection.threshold),
        "unknown_at": None if detection.unknown_at is None else float(detection.unknown_at),
        "area_px": int(detection.area_px),
        "regions": json.dumps(
            [_region_values(region) for region in detection.regions], separators=(",", ":")
        ),
        "error": detection.error,
        "reference": detection.reference,
        "alignment": None if detection.alignment is None else _spelled(detection.alignment),
        "guess": None if detection.guess is None else detection.guess.name,
        "guess_confidence": None if detection.guess is None else float(detection.guess.confidence),
    }


def alignment_of(spelled: str | None) -> Alignment | None:
    """An alignment from its column."""
    return None if spelled is None else Alignment(**json.loads(spelled))


def _spelled(alignment: Alignment) -> str:
    plain = {
        name: value if isinstance(value, bool | str) else float(value)
        for name, value in asdict(alignment).items()
    }
    return json.dumps(plain, separators=(",", ":"))


def _region_values(region: Region) -> list[float]:
    box = [int(value) for value in region.bbox_xywh]
    return [*box, int(region.area_px), *(float(value) for value in region.centroid_xy), float(region.score)]
