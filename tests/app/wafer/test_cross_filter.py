"""Bars, dots, lasso, zone, pictures and queue narrow each other down; a chip says so and takes it back."""

import pytest
from PySide6.QtCore import QPoint, Qt

from app.presenters.shell import REVIEW, WAFER
from core.domain.decisions import Verdict
from core.jobs import JobContext
from core.services.decisions import decide
from core.services.lots import list_items, open_lot
from tests.app.wafer.conftest import Bench

CTRL = Qt.KeyboardModifier.ControlModifier
ALL = [0, 1, 2, 3, 4, 5, 6]
IN_SCENE = pytest.mark.qt_log_ignore(
    "not accepted by receiving widget"
)  # pyqtgraph takes events in its scene


def shows(bench: Bench, defects: list[int], chips: list[str]) -> None:
    """The same is on the map, in the queue and in the gallery, and both screens say why."""
    assert bench.dots == defects
    assert bench.painted == len(defects)
    assert bench.queue == defects
    assert bench.pictures == len(defects)
    assert bench.chips() == chips


def test_everything_is_shown_at_first(bench: Bench) -> None:
    shows(bench, ALL, [])
    assert bench.bars == {"Bridge": "2", "Scratch": "2", "Unclassified": "2", "Particle": "1"}
    assert bench.view._hint.text().startswith("Nothing is filtered")
    assert not bench.view._all.isVisible()


def test_a_bar_narrows_map_queue_and_gallery_and_lets_go(bench: Bench) -> None:
    bench.click_bar("Scratch")
    shows(bench, [3, 4], ["Scratch"])
    assert list(bench.bars) == ["Bridge", "Scratch", "Unclassified", "Particle"]  # the others only fade
    bench.click_bar("Particle", CTRL)
    shows(bench, [3, 4, 6], ["Scratch, Particle"])
    bench.click_bar("Particle")
    shows(bench, [6], ["Particle"])
    bench.click_bar("Particle")
    shows(bench, ALL, [])


def test_the_classes_that_are_not_chosen(bench: Bench) -> None:
    bench.click_bar("Unclassified")
    bench.press(Qt.Key.Key_I)
    shows(bench, [0, 1, 3, 4, 6], ["Bridge, Scratch and 1 more"])
    assert bench.chosen_bars == ["Bridge", "Scratch", "Particle"]


@IN_SCENE
def test_a_lasso_around_dots(bench: Bench) -> None:
    bench.lasso((-20_000, -20_000), (40_000, -20_000), (40_000, 20_000), (-20_000, 20_000))
    shows(bench, [0, 1], ["2 picked"])
    assert bench.bars == {"Bridge": "2"}
    assert len(bench.view.map._places) == len(ALL)  # the others are faded, to be picked instead
    bench.remove_chip("2 picked")
    shows(bench, ALL, [])


@IN_SCENE
def test_a_lasso_takes_visible_dots_only(bench: Bench) -> None:
    bench.click_bar("Scratch")
    bench.lasso((-140_000, -100_000), (140_000, -100_000), (140_000, 100_000), (-140_000, 100_000))
    shows(bench, [4], ["Scratch", "1 picked"])
    bench.remove_chip("Scratch")
    shows(bench, [4], ["1 picked"])


@IN_SCENE
def test_an_empty_lasso_changes_nothing(bench: Bench) -> None:
    bench.lasso((60_000, 60_000), (80_000, 60_000), (80_000, 80_000))
    shows(bench, ALL, [])
    assert bench.view._hint.text() == "No dot lies in the lasso."


@IN_SCENE
def test_dots_are_picked_one_by_one_with_ctrl(bench: Bench) -> None:
    bench.click_map(0, 60_000, CTRL)
    shows(bench, [4], ["1 picked"])
    bench.click_map(0, 80_000, CTRL)  # faded, but still there
    shows(bench, [2, 4], ["2 picked"])
    bench.click_map(0, 60_000, CTRL)
    bench.click_map(0, 80_000, CTRL)
    shows(bench, ALL, [])


def test_a_zone(bench: Bench) -> None:
    bench.choose(lambda panel: panel.zones, "Outer third")
    shows(bench, [3, 5], ["Outer third"])
    assert bench.bars == {"Scratch": "1", "Unclassified": "1"}
    assert bench.view.map._zone.isVisible()
    bench.choose(lambda panel: panel.zones, "Edge exclusion only")
    bench.choose(lambda panel: panel.edge, "1 mm")
    shows(bench, [3], ["Edge exclusion only"])
    bench.choose(lambda panel: panel.edge, "none")
    shows(bench, [], ["Edge exclusion only"])
    assert bench.view.panel.note.text() == "No defect is left by the filters."
    bench.remove_chip("Edge exclusion only")
    shows(bench, ALL, [])
    assert bench.view.panel.zones.currentText() == "Whole wafer"


def test_a_wafer_and_the_stack(bench: Bench) -> None:
    assert bench.view.panel.wafers.currentText() == "All 2 wafers, stacked"
    bench.press(Qt.Key.Key_BracketRight)
    shows(bench, [0, 1, 2, 3], ["W01 (slot 1)"])
    bench.press(Qt.Key.Key_BracketRight)
    shows(bench, [4, 5, 6], ["W02 (slot 2)"])
    assert bench.bars == {"Particle": "1", "Scratch": "1", "Unclassified": "1"}
    bench.press(Qt.Key.Key_BracketLeft)
    bench.choose(lambda panel: panel.wafers, "All 2 wafers, stacked")
    shows(bench, ALL, [])


def test_filters_add_up_and_one_key_takes_all_away(bench: Bench) -> None:
    bench.press(Qt.Key.Key_BracketRight)
    bench.click_bar("Bridge")
    bench.choose(lambda panel: panel.zones, "Centre, inner third")
    shows(bench, [0, 1], ["W01 (slot 1)", "Centre, inner third", "Bridge"])
    bench.press(Qt.Key.Key_Escape)
    shows(bench, ALL, [])


def test_the_review_shows_the_same_chips_and_frees_them(bench: Bench) -> None:
    bench.click_bar("Bridge")
    bench.choose(lambda panel: panel.zones, "Without the edge")
    bench.go(REVIEW)
    queue = bench.station.review_room.view.queue
    assert bench.chips(queue.chips) == ["Without the edge", "Bridge"]
    assert queue._filter.currentText() == "All   2"
    bench.remove_chip("Bridge", queue.chips)
    assert bench.queue == [0, 1, 2, 4, 6]
    bench.press(Qt.Key.Key_Escape)
    assert bench.queue == ALL
    assert bench.chips(queue.chips) == []
    bench.go(WAFER)
    shows(bench, ALL, [])


def test_the_queues_own_filter_narrows_the_map(bench: Bench) -> None:
    item = list_items(bench.workspace, bench.lot_id)[4]
    changes = decide(bench.workspace, [item], verdict=Verdict.NUISANCE, title="Nuisance")
    bench.station.events.changed.emit(changes, None)
    bench.go(REVIEW)
    bench.station.review_room.view.queue.filter_chosen.emit("decided")
    bench.go(WAFER)
    shows(bench, [4], ["Queue: Decided"])
    assert bench.bars == {"Nuisance": "1"}
    bench.remove_chip("Queue: Decided")
    shows(bench, ALL, [])
    bench.go(REVIEW)
    queue = bench.station.review_room.view.queue
    queue.text_edited.emit("page=3")
    bench.go(WAFER)
    shows(bench, [2], ["Queue: name contains “page=3”"])
    bench.press(Qt.Key.Key_Escape)
    shows(bench, ALL, [])
    assert queue._text.text() == ""


def test_pictures_are_chosen_ringed_and_kept(bench: Bench) -> None:
    bench.click_picture(2)
    assert bench.state.chosen == 2
    assert (
        bench.station.review_presenter.state.current == list_items(bench.workspace, bench.lot_id)[2].image_id
    )
    bench.click_picture(6, CTRL)
    bench.press(Qt.Key.Key_S)
    shows(bench, [2, 6], ["2 picked"])


def test_a_picture_is_opened_by_enter(bench: Bench) -> None:
    bench.click_picture(5)
    bench.press(Qt.Key.Key_Return)
    assert bench.station.shell.state.screen == REVIEW
    assert (
        bench.station.review_presenter.state.current == list_items(bench.workspace, bench.lot_id)[5].image_id
    )


def test_decisions_keep_the_working_set_until_the_wafer_is_looked_at_again(bench: Bench) -> None:
    bench.click_bar("Unclassified")
    bench.go(REVIEW)
    bench.press(Qt.Key.Key_X)
    assert bench.queue == [2, 5]
    bench.go(WAFER)
    shows(bench, [5], ["Unclassified"])
    assert bench.bars["Nuisance"] == "1"


def test_opening_the_lot_again_shows_all_of_it(bench: Bench) -> None:
    bench.click_bar("Scratch")
    bench.station.events.lot_requested.emit(bench.lot_id)
    bench.settle()
    assert bench.queue == ALL
    bench.go(WAFER)
    shows(bench, ALL, [])


def test_bars_and_pictures_of_a_lot_without_wafers(bench: Bench) -> None:
    bench.lot_id = open_lot(bench.workspace, bench.folder / "lot" / "s.tif", JobContext())
    item = list_items(bench.workspace, bench.lot_id)[3]
    decide(bench.workspace, [item], verdict=Verdict.NUISANCE, title="Nuisance")
    bench.station.events.lot_requested.emit(bench.lot_id)
    bench.settle()
    bench.go(WAFER)
    assert bench.bars == {"No class": "6", "Nuisance": "1"}
    bench.click_bar("Nuisance")
    assert (bench.queue, bench.pictures, bench.chips()) == ([3], 1, ["Nuisance"])
    bench.press(Qt.Key.Key_Escape)
    bench.click_picture(5)
    assert bench.view.panel.defect.text() == "s.tif#page=6 · No class"
    bench.press(Qt.Key.Key_S)
    assert (bench.queue, bench.bars) == ([5], {"No class": "1"})


def test_measures_of_the_pareto(bench: Bench) -> None:
    bench.press(Qt.Key.Key_P)
    assert bench.view.panel.measures.currentText() == "Sample-weighted"
    assert bench.bars == {"Bridge": "≈ 3", "Scratch": "≈ 3", "Particle": "≈ 2"}  # 2·4/3; 4/3 + 3/2; 3/2
    assert bench.view.panel.note.text() == "5 of 7 defects have a class."
    bench.press(Qt.Key.Key_P)
    assert bench.bars == {}
    assert bench.view.panel.note.text().startswith("No killer among these defects")
    bench.choose(lambda panel: panel.measures, "Defects")
    assert bench.bars["Bridge"] == "2"


def test_tips_name_bars_and_dots(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    model = bench.view.panel.pareto.model()
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("Bridge: 2 defects\n28.6% of all; 28.6% with the classes above")
    told: list[str] = []
    monkeypatch.setattr(bench.view.map, "show_tip", told.append)
    bench.view.map.place_hovered.emit(0.0, 60_000.0, 500.0)
    bench.view.map.place_hovered.emit(0.0, 30_000.0, 500.0)
    assert told[0].startswith("Defect 1 · Scratch\nW02 (slot 2)")
    assert told[1] == ""


def test_the_bars_are_reached_by_keyboard(bench: Bench) -> None:
    bars = bench.view.panel.pareto
    bars.setFocus()
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_Down)
    assert bench.chips() == [bench.chosen_bars[0]]


def test_chips_fit_a_narrow_window(bench: Bench) -> None:
    bench.station.window.resize(1280, 800)
    bench.choose(lambda panel: panel.wafers, "W01 (slot 1)")
    bench.choose(lambda panel: panel.zones, "Centre, inner third")
    bench.click_bar("Bridge")
    bench.settle()
    assert bench.station.window.width() == 1280
    right = bench.view.mapToGlobal(QPoint(bench.view.width(), 0)).x()
    for button in bench.view.chips.buttons:
        assert button.mapToGlobal(QPoint(button.width(), 0)).x() < right
        assert button.text().startswith(button.chip.text)
