from dataclasses import replace

import pytest

from core.domain.detections import Detection, ModelVerdict
from core.domain.ids import ImageId
from core.reporting.charts import outcome_bar, score_histogram
from tests.core.reporting.small_lot import make_item


def measured(number, score, verdict, threshold=0.5):
    item = make_item(number, f"{number}.png", verdict)
    return replace(item, detection=Detection(item.record.name, threshold, score, verdict))


def test_the_outcome_bar_is_full_and_in_proportion(report):
    bars = outcome_bar(report.totals, width=90, height=10)
    assert [(bar.kind, bar.width) for bar in bars] == [
        ("ng", 30),
        ("unknown", 10),
        ("ok", 20),
        ("failed", 20),
        ("not_run", 10),
    ]
    assert [bar.x for bar in bars] == [0, 30, 40, 60, 80]


def test_the_histogram_counts_every_score():
    items = [measured(n, n / 100, ModelVerdict.NG if n >= 50 else ModelVerdict.OK) for n in range(101)]
    histogram = score_histogram(tuple(items), width=400, height=100)
    assert (histogram.low, histogram.high) == (0.0, 1.0)
    assert histogram.threshold_x == pytest.approx(200)
    counts = [bar.height / 100 * histogram.peak for bar in histogram.bars]
    assert sum(counts) == pytest.approx(101)
    assert max(bar.x for bar in histogram.bars if bar.kind == "ok") < 200
    assert min(bar.x for bar in histogram.bars if bar.kind == "ng") >= 200


def test_stacked_bars_do_not_overlap():
    items = [
        measured(1, 0.5, ModelVerdict.OK),
        measured(2, 0.5, ModelVerdict.UNKNOWN),
        measured(3, 0.5, ModelVerdict.NG),
    ]
    bars = score_histogram(tuple(items), width=400, height=90).bars
    assert [(bar.kind, round(bar.y), round(bar.height)) for bar in bars] == [
        ("ok", 60, 30),
        ("unknown", 30, 30),
        ("ng", 0, 30),
    ]


def test_the_histogram_is_stretched_to_show_the_threshold():
    histogram = score_histogram((measured(1, 0.1, ModelVerdict.OK, threshold=0.9),), width=100, height=10)
    assert (histogram.low, histogram.high, histogram.threshold_x) == (0.1, 0.9, 100)


def test_one_score_at_the_threshold_still_has_a_range():
    histogram = score_histogram((measured(1, 0.5, ModelVerdict.NG),), width=100, height=10)
    assert histogram.threshold_x == 50
    assert len(histogram.bars) == 1


def test_nothing_measured_gives_no_histogram():
    assert score_histogram((make_item(1, "a.png"),), width=100, height=10) is None
    failed = replace(make_item(2, "b.png"), detection=Detection("b.png", 0.5, error="broken"))
    assert score_histogram((replace(failed, image_id=ImageId(2)),), width=100, height=10) is None
