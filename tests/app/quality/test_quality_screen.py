"""The quality screen in the whole window, on a lot whose images were measured."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.events import LotChanged
from app.presenters.review.order import QueueFilter, QueueSort
from app.presenters.shell import QUALITY, REVIEW
from app.views.quality.view import CLASS_TABLE, CLASSES, VERDICTS
from core.domain.decisions import Verdict
from core.domain.detections import Detection, ModelVerdict
from core.domain.ids import LotId
from core.domain.recipes import Recipe
from core.domain.review import RunState
from core.jobs import JobContext
from core.services.decisions import add_class, decide
from core.services.lots import list_items, open_lot
from core.services.quality import next_draws
from core.services.workspace import Workspace
from tests.app.stations import settle_all, start_station
from tests.core.klarf.files import flat

SCORES = (0.9, 0.8, 0.55, 0.1, 0.2, 0.45)
ROWS = tuple(
    f" {number} {100 * number} 200 0 0 1.25 {5 if number < 3 else 0} 1 1 1 {number} 0"
    for number in range(1, 7)
)


def verdict_of(score: float) -> ModelVerdict:
    if score >= 0.6:
        return ModelVerdict.NG
    return ModelVerdict.UNKNOWN if score >= 0.5 else ModelVerdict.OK


class Desk:
    """A station with a lot of six measured images open: two NG, one Unknown, three OK."""

    def __init__(self, qtbot: QtBot, workspace: Workspace, folder: Path) -> None:
        self.qtbot, self.workspace = qtbot, workspace
        pages = np.random.default_rng(1).integers(60, 190, (6, 48, 64), dtype=np.uint8)
        tifffile.imwrite(folder / "s.tif", pages, photometric="minisblack")
        (folder / "lot.001").write_text(flat(ROWS))
        self.lot_id: LotId = open_lot(workspace, folder / "lot.001", JobContext())
        self.measure()
        self.station = start_station(qtbot, workspace)
        self.station.events.lot_requested.emit(self.lot_id)
        self.settle()

    def measure(self) -> None:
        history = self.workspace.history
        run = history.start_run(
            self.lot_id, recipe=Recipe(), model_id="m", model_sha256="ab" * 32, device="cpu"
        )
        found = [
            Detection(item.record.name, 0.6, score, verdict_of(score), unknown_at=0.5)
            for item, score in zip(self.items, SCORES, strict=True)
        ]
        rows = [(item.image_id, one, "", "") for item, one in zip(self.items, found, strict=True)]
        history.save_detections(run, rows)
        history.finish_run(run, RunState.FINISHED)

    @property
    def items(self):
        return list_items(self.workspace, self.lot_id)

    @property
    def view(self):
        return self.station.quality.view

    @property
    def shown(self) -> str:
        return self.station.review_presenter.state.current_item.record.name

    def decide(self, *places: int, verdict: Verdict, class_id=None) -> None:
        items = [self.items[place] for place in places]
        decide(self.workspace, items, verdict=verdict, class_id=class_id, title="Decide")

    def look(self) -> None:
        self.station.shell.show_screen(QUALITY)
        self.settle()

    def settle(self) -> None:
        settle_all(self.qtbot, self.station)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with Workspace.open(tmp_path / "home", reviewer="mk") as workspace:
        made = Desk(qtbot, workspace, tmp_path)
        yield made
        made.station.window.close()


def values(desk: Desk) -> list[str]:
    return [card.value.text() for card in desk.view.cards]


def cells(table) -> list[list[str]]:
    return [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def test_what_has_no_truth_is_not_measured(desk: Desk) -> None:
    desk.look()
    missing = "not measured"
    assert values(desk) == [missing, missing, "16.7 %", missing, missing]
    assert [card.bar.interval is None for card in desk.view.cards] == [True, True, False, True, True]
    assert desk.view.cards[0].detail.text() == "No image called NG is decided."
    assert not any(desk.view.is_measured(name) for name in (VERDICTS, CLASS_TABLE, CLASSES))


def test_figures_tables_and_the_capture_of_a_judged_draw(desk: Desk) -> None:
    bridge = add_class(desk.workspace, "Bridge")
    desk.decide(0, 2, verdict=Verdict.REAL, class_id=bridge.id)
    desk.decide(1, verdict=Verdict.NUISANCE)
    desk.decide(3, 4, 5, verdict=Verdict.FALSE)
    desk.look()
    assert values(desk) == ["50.0 %", "100.0 %", "16.7 %", "not measured", "100.0 %"]
    assert desk.view.cards[4].bar.interval == (1.0, 1.0, 1.0)  # the whole draw is judged: nothing to estimate
    assert desk.view.is_measured(VERDICTS)
    real, nuisance, false, *_ = cells(desk.view.verdicts)
    assert (real[0], real[2].split("\n")[0], real[3].split("\n")[0], real[4]) == ("Real", "1", "1", "2")
    assert (nuisance[3].split("\n")[0], false[1].split("\n")[0]) == ("1", "3")
    assert real[3].split("\n")[1] == "9.5 – 90.5 %"
    assert cells(desk.view.classes)[0][:2] == ["Bridge", "50.0 %  (1 of 2)\n9.5 – 90.5 %"]
    assert "Nuisance" in [row[0] for row in cells(desk.view.class_confusion)]
    assert desk.view.draws.list.count() == 0
    assert not desk.view.draws.start.isEnabled()


def test_a_second_reviewer_is_compared(desk: Desk) -> None:
    desk.decide(0, 1, verdict=Verdict.REAL)
    desk.workspace.history.reviewer = "sato"
    desk.decide(0, verdict=Verdict.FALSE)
    desk.decide(1, verdict=Verdict.NUISANCE)
    desk.look()
    assert values(desk)[3] == "0.0 %"
    assert "0 of 2" in desk.view.cards[3].detail.text()


def test_the_button_leads_along_the_draw_and_so_does_its_key(desk: Desk) -> None:
    draw = [item.record.name for item in next_draws(desk.items, 3)]
    desk.look()
    QTest.mouseClick(desk.view.draws.start, Qt.MouseButton.LeftButton)
    desk.settle()
    assert desk.station.shell.state.screen == REVIEW
    assert desk.shown == draw[0]
    desk.station.review_presenter.set_auto_advance(False)
    for name in draw[1:]:
        QTest.keyClick(desk.station.window.focusWidget(), Qt.Key.Key_F)
        desk.settle()
        desk.station.table.action("quality.next_draw").trigger()
        desk.settle()
        assert desk.shown == name
    desk.look()
    assert desk.station.quality.presenter.state.found.quality.escapes.drawn == 2
    assert desk.view.draws.list.count() == 1


def test_a_double_click_on_an_image_opens_it(desk: Desk) -> None:
    desk.look()
    row = desk.view.nearest.list.item(1)
    desk.view.nearest.list.itemActivated.emit(row)
    assert desk.station.shell.state.screen == REVIEW
    assert row.text().endswith(desk.shown)


def test_the_queue_follows_the_least_sure(desk: Desk) -> None:
    desk.decide(5, verdict=Verdict.FALSE)
    desk.station.events.changed.emit(LotChanged(desk.lot_id), None)
    desk.look()
    QTest.mouseClick(desk.view.nearest.start, Qt.MouseButton.LeftButton)
    state = desk.station.review_presenter.state
    assert (state.query.sort, state.query.filter) == (QueueSort.NEAREST, QueueFilter.UNDECIDED)
    scores = [state.item_at(row).detection.score for row in range(len(state.order))]
    assert scores == [0.55, 0.8, 0.2, 0.9, 0.1]
    assert state.current_row == 0


def test_the_screen_follows_decisions_and_lots(desk: Desk) -> None:
    desk.look()
    desk.station.shell.show_screen(REVIEW)
    desk.decide(0, verdict=Verdict.REAL)
    desk.station.events.changed.emit(LotChanged(desk.lot_id), None)
    desk.look()
    assert values(desk)[0] == "100.0 %"
    QTest.keyClick(desk.station.window, Qt.Key.Key_E)
    QTest.keyClick(desk.station.window, Qt.Key.Key_Q)
    assert desk.station.shell.state.screen == QUALITY
