"""Parts of a small lot."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.domain.decisions import UNDECIDED, Decision, DefectClass
from core.domain.detections import Detection, ModelVerdict
from core.domain.ids import ClassId, DecisionId, ImageId, LotId, RunId
from core.domain.lots import ImageRecord
from core.domain.maps import Region
from core.domain.review import ReviewItem, Run, RunState

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BRIDGE = DefectClass(ClassId(1), "Bridge", code=21, color="#f28b82", slot=1)
PARTICLE = DefectClass(ClassId(2), "Particle", color="#8ab4f8", slot=2)
RUN = Run(
    id=RunId(7),
    lot_id=LotId(1),
    recipe_name="BEOL review",
    recipe_version=3,
    recipe_sha256="ab" * 32,
    recipe_json='{"name":"BEOL review","version":3}',
    model_id="residua-s8",
    model_sha256="cd" * 32,
    device="cpu",
    app_version="0.1.0",
    started_at_utc=NOON - timedelta(hours=1),
    ended_at_utc=NOON - timedelta(minutes=55),
    state=RunState.FINISHED,
)


def make_record(name, pixel_size=None):
    return ImageRecord(
        path=Path("/lots/W12") / name,
        name=name,
        page=0,
        sha256="ef" * 32,
        size_hw=(64, 80),
        bit_depth=8,
        content_height=64,
        pixel_size=pixel_size,
    )


def make_item(number, name, verdict=None, judgement=UNDECIDED, pixel_size=None):
    """An item that was measured (verdict given) or that no run has reached (verdict None)."""
    detection = None
    if verdict is not None:
        region = Region(bbox_xywh=(30, 20, 10, 6), area_px=48, centroid_xy=(34.5, 22.5), score=0.9)
        regions = (region,) if verdict is ModelVerdict.NG else ()
        area = sum(part.area_px for part in regions)
        score = {ModelVerdict.NG: 0.875, ModelVerdict.UNKNOWN: 0.5, ModelVerdict.OK: 0.125}[verdict]
        detection = Detection(name, 0.75, score, verdict, regions, area)
    run_id = RUN.id if detection else None
    return ReviewItem(ImageId(number), make_record(name, pixel_size), detection, run_id, judgement)


def make_decisions(items):
    return tuple(
        Decision(
            id=DecisionId(item.image_id),
            image_id=item.image_id,
            before=UNDECIDED,
            after=item.judgement,
            reviewer="H. Sato",
            decided_at_utc=NOON - timedelta(minutes=40 - item.image_id),
        )
        for item in items
        if item.is_decided
    )
