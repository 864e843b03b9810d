import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.decisions import DefectClass, Judgement, Killer, Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.ids import ClassId, ImageId
from core.domain.lots import FailedImage
from core.domain.review import ReviewItem
from core.reporting.totals import count_lot, wilson_interval
from tests.core.reporting.small_lot import make_record

CLASSES = tuple(DefectClass(ClassId(number), f"class no. {number}") for number in range(3))
JUDGEMENTS = st.builds(
    Judgement,
    st.none() | st.sampled_from(Verdict),
    st.none() | st.integers(0, 4).map(ClassId),
    st.sampled_from(Killer),
)
RECORDS = st.sampled_from([make_record("a.png"), FailedImage(Path("b.png"), "b.png", "It is empty.")])
DETECTIONS = st.none() | st.builds(
    Detection, st.just("x"), st.just(0.5), st.just(0.1), st.none() | st.sampled_from(ModelVerdict)
)


@given(
    st.lists(st.builds(ReviewItem, st.integers().map(ImageId), RECORDS, DETECTIONS, st.none(), JUDGEMENTS))
)
def test_every_row_is_counted_once(items):
    totals = count_lot(tuple(items), CLASSES)
    assert totals.images == len(items)
    assert totals.failed + totals.ng + totals.unknown + totals.ok + totals.not_run == len(items)
    assert totals.unreadable <= totals.failed
    assert sum(count for _, count in totals.verdicts) + totals.unjudged == totals.decided
    assert totals.open <= min(totals.undecided, totals.ng + totals.unknown)
    assert sum(line.images for line in totals.classes) == totals.classified <= totals.decided
    assert sum(line.killers for line in totals.classes) <= totals.killers
    if totals.classes:
        assert sum(line.contribution for line in totals.classes) == pytest.approx(1)
        assert totals.classes[-1].cumulative == 1


def test_the_lot_is_counted(report):
    totals = report.totals
    counts = dataclasses.asdict(dataclasses.replace(totals, classes=(), verdicts=()))
    del counts["classes"], counts["verdicts"]
    assert counts == {
        "images": 9,
        "unreadable": 1,
        "failed": 2,
        "ng": 3,
        "unknown": 1,
        "ok": 2,
        "not_run": 1,
        "decided": 3,
        "undecided": 5,
        "open": 2,
        "unjudged": 0,
        "killers": 1,
        "classified": 2,
    }
    assert dict(totals.verdicts)[Verdict.REAL] == 2
    assert [(line.defect_class.name, line.images, line.killers) for line in totals.classes] == [
        ("Bridge", 1, 1),
        ("Particle", 1, 0),
    ]


def test_the_wilson_interval_of_a_known_case():
    assert wilson_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson_interval(0, 5)[0] == pytest.approx(0)
    assert wilson_interval(5, 5)[1] == pytest.approx(1)
