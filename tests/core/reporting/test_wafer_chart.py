"""Wafers in reports: where dots lie, what colour they have, and what is said where not all is drawn."""

from dataclasses import replace

import numpy as np
import pytest

from core.domain.decisions import Judgement, Verdict
from core.domain.detections import ModelVerdict
from core.domain.wafers import DefectSites, LotSites, WaferPlan
from core.reporting import wafer_chart
from core.reporting.pdf_sections import wafer_drawing
from core.reporting.wafer_chart import NO_CLASS_COLOR, SIDE, UNDECIDED_COLOR, wafer_charts
from tests.core.reporting.small_lot import BRIDGE, make_item

NG = ModelVerdict.NG


def plan(diameter_um=300_000.0):
    dies = np.array([[0, 0], [1, 0]], np.int32)
    return WaferPlan("W01", 7, diameter_um, (1e4, 2e4), (0.0, 0.0), "notch", 0, False, dies)


def sites(places, wafer=None):
    on_wafer = np.array(places, np.float64)
    count = len(on_wafer)
    blank = np.full(count, np.nan)
    defects = DefectSites(
        np.zeros(count, np.int32), tuple(map(str, range(count))), on_wafer * np.nan, on_wafer * np.nan,
        on_wafer, blank, blank,
    )  # fmt: skip
    return LotSites("ab", (wafer or plan(),), defects, {f"{number}.png": number for number in range(count)})


@pytest.fixture
def chart_of(with_items):
    def make(places, items=(), wafer=None):
        (chart,) = wafer_charts(replace(with_items(items), sites=sites(places, wafer)))
        return chart

    return make


def test_a_dot_lies_where_its_defect_does_with_y_downwards(chart_of):
    chart = chart_of([(0, 0), (75_000, 75_000)])
    middle, quarter = SIDE / 2, chart.radius / 2
    assert [dot[:2] for dot in chart.dots] == [(middle, middle), (middle + quarter, middle - quarter)]
    assert (chart.title, chart.mark, len(chart.dies)) == ("Wafer W01, slot 7", "notch", 2)


def test_dots_have_the_colour_of_what_was_decided_and_lie_on_top(chart_of):
    items = [
        make_item(1, "0.png", NG, Judgement(Verdict.REAL, BRIDGE.id)),
        make_item(2, "1.png", NG, Judgement(Verdict.FALSE)),
    ]
    chart = chart_of([(0, 0), (1, 0), (2, 0)], items)
    assert [color for *_, color in chart.dots] == [UNDECIDED_COLOR, BRIDGE.color, NO_CLASS_COLOR]


def test_what_has_no_place_or_is_too_much_is_said(chart_of, monkeypatch):
    monkeypatch.setattr(wafer_chart, "DOTS_CAP", 2)
    chart = chart_of([(0, 0), (1, 0), (2, 0), (np.nan, np.nan)])
    assert len(chart.dots) == 2
    assert chart.note == "1 without a place; 2 of 3 are drawn"


def test_without_a_diameter_the_rim_is_behind_the_farthest(chart_of):
    chart = chart_of([(100_000, 0)], wafer=plan(None))
    x, *_ = chart.dots[0]
    assert x < SIDE / 2 + chart.radius
    assert x > SIDE / 2 + 0.9 * chart.radius


def test_a_lot_without_a_klarf_or_without_places_has_none(report):
    assert wafer_charts(report) == ()
    nowhere = sites([(np.nan, np.nan)], replace(plan(None), dies=np.zeros((0, 2), np.int32)))
    assert wafer_charts(replace(report, sites=nowhere)) == ()


def test_the_pdf_draws_rim_mark_dies_and_dots(chart_of):
    assert len(wafer_drawing(chart_of([(0, 0), (1, 0)])).contents) == 1 + 1 + 2 + 2
