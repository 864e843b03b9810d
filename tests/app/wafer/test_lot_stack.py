"""Wafers of several lots laid on each other."""

import pytest
from PySide6.QtGui import QAction

from app.presenters.shell import LOTS, WAFER
from core.domain.ids import LotId
from tests.app.wafer.conftest import Bench
from tests.core.klarf.wafers import Spot

OTHER = ((Spot(5_000, 0, 7), Spot(0, 61_000, 6)),)


@pytest.fixture
def other(bench: Bench) -> LotId:
    bench.go(LOTS)
    bench.open("finer", OTHER, pitch_um=8_000)
    return bench.open("other", OTHER)


def menu(bench: Bench) -> dict[str, QAction]:
    """The menu of lots as it opens now."""
    bench.go(WAFER)
    bench.station.wafers.presenter._outdate()
    bench.settle()
    lots = bench.view.panel.lot_menu
    lots.aboutToShow.emit()
    return {action.text(): action for action in lots.actions()}


def test_only_lots_with_the_same_dies_can_be_laid_on(bench: Bench, other: LotId) -> None:
    offered = menu(bench)
    assert {text: action.isEnabled() for text, action in offered.items()} == {
        "other": True,
        "finer  (other dies)": False,
    }


def test_the_dots_and_bars_of_both_are_shown_and_the_queue_stays(bench: Bench, other: LotId) -> None:
    menu(bench)["other"].trigger()
    bench.settle()
    assert bench.view.panel.lots.text() == "This lot and 1 other"
    assert bench.view.panel.wafers.currentText() == "All 3 wafers, stacked"
    assert len(bench.dots) == 9
    assert bench.bars == {"Scratch": "3", "Bridge": "2", "Particle": "2", "Unclassified": "2"}
    assert len(bench.queue) == 7
    menu(bench)["other"].trigger()
    bench.settle()
    assert len(bench.dots) == 7


def test_a_filter_over_both_lots_narrows_the_queue_to_its_own_images(bench: Bench, other: LotId) -> None:
    menu(bench)["other"].trigger()
    bench.settle()
    bench.click_bar("Scratch")
    assert len(bench.dots) == 3
    assert bench.queue == [3, 4]


def test_a_dot_of_another_lot_is_described_and_not_reviewed(bench: Bench, other: LotId) -> None:
    menu(bench)["other"].trigger()
    bench.settle()
    bench.view.map.place_clicked.emit(5_000.0, 0.0, 500.0, False)
    assert "W01 (slot 1) · other" in bench.view.panel.defect.text()
    assert "Open its lot to review its image" in bench.view.panel.defect.text()
    assert not bench.view.panel.review.isEnabled()


def test_the_other_lot_alone(bench: Bench, other: LotId) -> None:
    menu(bench)["other"].trigger()
    bench.settle()
    bench.choose(lambda panel: panel.wafers, "W01 (slot 1) · other")
    assert bench.bars == {"Particle": "1", "Scratch": "1"}
    assert bench.queue == []
    assert bench.chips() == ["W01 (slot 1) · other"]
