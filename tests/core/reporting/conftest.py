"""A small lot in which every kind of row occurs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.domain.decisions import Judgement, Killer, Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.ids import ImageId
from core.domain.lots import FailedImage, PixelSize
from core.domain.review import ReviewItem
from core.reporting import LotReport
from tests.core.reporting.small_lot import (
    BRIDGE,
    NOON,
    PARTICLE,
    RUN,
    make_decisions,
    make_item,
    make_record,
)


@pytest.fixture
def report():
    real = Judgement(Verdict.REAL, BRIDGE.id, Killer.YES, "shorts two lines")
    nuisance = Judgement(Verdict.NUISANCE)
    particle = Judgement(Verdict.REAL, PARTICLE.id, Killer.NO)
    unreadable = FailedImage(Path("/lots/W12/broken.tif"), "broken.tif", "The file ends too early.")
    items = (
        make_item(1, "die_01.png", ModelVerdict.NG, real, PixelSize(2.5, "FEI")),
        make_item(2, "die_02.png", ModelVerdict.NG, nuisance),
        make_item(3, "die_03.png", ModelVerdict.NG),
        make_item(4, "die_04.png", ModelVerdict.UNKNOWN),
        make_item(5, "die_05.png", ModelVerdict.OK),
        make_item(6, "die_06.png", ModelVerdict.OK, particle),
        make_item(7, "die_07.png"),
        ReviewItem(ImageId(8), unreadable),
        ReviewItem(ImageId(9), make_record("die_09.png"), Detection("die_09.png", 0.75, error="No memory.")),
    )
    return LotReport(
        lot_name="W12",
        lot_source=Path("/lots/W12"),
        runs=(RUN,),
        items=items,
        classes=(BRIDGE, PARTICLE),
        decisions=make_decisions(items),
        audit_head="12" * 32,
        audit_fault="",
        reviewer="H. Sato",
        app_version="0.1.0",
        generated_at_utc=NOON,
        map_range=(0.3, 1.0),
    )


@pytest.fixture
def with_items(report):
    """Makes the report of other items, with the decisions that belong to them."""

    def make(items):
        items = tuple(items)
        return replace(report, items=items, decisions=make_decisions(items))

    return make


@pytest.fixture
def pixels():
    """What the callables of `write_html` hand over: a gray image, its map and its mask, all 64 × 80."""
    image = np.random.default_rng(0).integers(0, 255, (64, 80), dtype=np.uint8)
    values = np.zeros((64, 80), dtype=np.float32)
    values[20:26, 30:40] = 0.9
    return image, values, values > 0.5
