from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from pytestqt.qtbot import QtBot

from app.events import Events, LotChanged
from app.job_runner import JobRunner
from app.presenters.wafer.masks import visible
from app.presenters.wafer.presenter import WaferPresenter
from app.presenters.wafer.text import MEASURES
from app.presenters.wafer.zones import ZONE_WORDS, Zone
from app.qt_models.pareto import ParetoModel
from app.qt_models.review_queue import ITEM_ROLE, THUMBNAIL_ROLE, ReviewQueueModel
from app.theme import DARK
from app.views.review.queue_delegate import RowRoles
from app.views.wafer.view import WaferModels, WaferView
from core.domain.decisions import Verdict
from core.domain.ids import LotId
from core.jobs import JobContext, JobQueue
from core.services.decisions import decide
from core.services.lots import list_items, open_lot
from core.services.workspace import Workspace
from tests.core.klarf.files import ROWS, flat


class Screen:
    """The wafer screen alone, on a lot of three defects, the last one at the wafer's rim and without an image."""

    def __init__(self, qtbot: QtBot, workspace: Workspace, folder: Path) -> None:
        self.qtbot, self.workspace = qtbot, workspace
        pages = np.random.default_rng(1).integers(60, 190, (3, 48, 64), dtype=np.uint8)
        tifffile.imwrite(folder / "s.tif", pages, photometric="minisblack")
        rows = (*ROWS[:2], " 3 500 600 147 0 0.5 0 1 0 0")
        (folder / "lot.001").write_text(flat(rows))
        self.lot_id = open_lot(workspace, folder / "lot.001", JobContext())
        self.folder_lot = open_lot(workspace, folder / "s.tif", JobContext())
        self.runner, self.events = JobRunner(JobQueue()), Events()
        self.bars, self.queue = ParetoModel(), ReviewQueueModel()
        models = WaferModels(self.queue, RowRoles(ITEM_ROLE, THUMBNAIL_ROLE), self.bars)
        self.view = WaferView(ZONE_WORDS, MEASURES, models, DARK)
        qtbot.addWidget(self.view)
        self.view.resize(900, 600)
        self.view.show()
        self.presenter = WaferPresenter(
            workspace, self.view, self.bars, self.runner, self.events, DARK, self.fail
        )
        self.images: list[int] = []
        self.presenter.image_chosen.connect(self.images.append)

    def fail(self, error: BaseException) -> None:
        raise error

    def show(self, lot_id: LotId) -> None:
        self.presenter.set_shown(True, lot_id)
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.runner.running, timeout=30_000)

    @property
    def shown(self) -> list[int]:
        return visible(self.presenter.state).tolist()

    @property
    def legend(self) -> dict[str, str]:
        return {row.name: row.value_text for row in self.bars.rows}

    def place(self, defect: int) -> tuple[float, float]:
        x, y = self.presenter.state.lot_map.defects.on_wafer_um[defect]
        return float(x), float(y)


@pytest.fixture
def screen(qtbot: QtBot, tmp_path: Path) -> Iterator[Screen]:
    with Workspace.open(tmp_path / "home", reviewer="mk") as workspace:
        made = Screen(qtbot, workspace, tmp_path)
        yield made
        made.runner.close()


def test_defects_lie_in_the_classes_of_the_file(screen: Screen) -> None:
    screen.show(screen.lot_id)
    assert screen.shown == [0, 1, 2]
    assert screen.legend == {"Unclassified": "2", "Bridge": "1"}
    assert screen.view.panel.counts.text() == "3 of 3 defects shown; 75 per cm² of 2 inspected dies"
    assert screen.view.panel.wafers.currentText() == "W01 (slot 7)"


def test_a_decision_moves_its_defect_to_another_class(screen: Screen) -> None:
    screen.show(screen.lot_id)
    item = list_items(screen.workspace, screen.lot_id)[0]
    decide(screen.workspace, [item], verdict=Verdict.NUISANCE, title="Nuisance")
    screen.events.changed.emit(LotChanged(screen.lot_id), None)
    screen.settle()
    assert screen.legend == {"Bridge": "1", "Nuisance": "1", "Unclassified": "1"}


def test_classes_of_the_file_have_colours_of_their_own(screen: Screen) -> None:
    screen.workspace.history.add_class("Bridge", color="#56b4e9")
    item = list_items(screen.workspace, screen.lot_id)[0]
    decide(screen.workspace, [item], verdict=Verdict.FALSE, title="False")
    screen.show(screen.lot_id)
    colors = {one.name: one.color for one in screen.presenter.state.lot_map.classes}
    assert colors == {"Unclassified": None, "Bridge": "#56b4e9", "False": "#e69f00"}


def test_a_click_chooses_the_nearest_defect_and_its_image(screen: Screen) -> None:
    screen.show(screen.lot_id)
    x, y = screen.place(1)
    screen.view.map.place_clicked.emit(x + 5, y, 50.0, False)
    assert screen.images == [list_items(screen.workspace, screen.lot_id)[1].image_id]
    assert screen.view.panel.defect.text().startswith("Defect 2 · Bridge\n0.800 mm, -0.600 mm")
    screen.view.map.place_clicked.emit(x, y + 30_000, 50.0, False)
    assert screen.presenter.state.chosen is None
    screen.view.map.place_clicked.emit(*screen.place(2), 50.0, False)
    assert screen.presenter.state.chosen == 2
    assert len(screen.images) == 1
    assert "No image" in screen.view.panel.defect.text()


def test_a_double_click_asks_for_the_review(screen: Screen, qtbot: QtBot) -> None:
    screen.show(screen.lot_id)
    with qtbot.waitSignal(screen.presenter.review_requested):
        screen.view.map.place_opened.emit(*screen.place(0), 50.0)
    with qtbot.assertNotEmitted(screen.presenter.review_requested):
        screen.view.map.place_opened.emit(*screen.place(2), 50.0)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (Zone.WHOLE, [0, 1, 2]),
        (Zone.COUNTED, [0, 1]),
        (Zone.CENTER, [0, 1]),
        (Zone.MIDDLE, []),
        (Zone.OUTER, [2]),
        (Zone.EDGE, [2]),
    ],
)
def test_zones(screen: Screen, zone: Zone, expected: list[int]) -> None:
    screen.show(screen.lot_id)
    screen.view.panel.zone_chosen.emit(zone.value)
    assert screen.shown == expected


def test_a_narrower_edge_counts_more(screen: Screen) -> None:
    screen.show(screen.lot_id)
    screen.view.panel.zone_chosen.emit(Zone.EDGE.value)
    assert screen.shown == [2]
    screen.view.panel.edge_chosen.emit(1.0)
    assert screen.shown == []


def test_the_image_under_the_cursor_is_ringed(screen: Screen) -> None:
    screen.show(screen.lot_id)
    screen.presenter.show_image(list_items(screen.workspace, screen.lot_id)[1].image_id)
    assert screen.presenter.state.chosen == 1


def test_a_lot_without_a_klarf_has_a_pareto_and_no_map(screen: Screen) -> None:
    screen.show(screen.lot_id)
    screen.show(screen.folder_lot)
    assert not screen.view.shows_map
    assert screen.legend == {"No class": "3"}
    assert screen.view.panel.counts.text().startswith("3 of 3 images listed; each counts as one defect")
    assert "select pictures" in screen.view._hint.text()
    assert not screen.view.panel.zones.isEnabled()
    assert not screen.view.panel.lots.isEnabled()
    screen.show(screen.lot_id)
    assert screen.view.shows_map


def test_very_many_dots_are_an_image(screen: Screen) -> None:
    draw = np.random.default_rng(2)
    places = draw.uniform(-1e5, 1e5, (20_000, 2)).astype(np.float32)
    screen.view.show_lot(with_map=True)
    screen.view.map.set_wafer(300_000.0, "notch", np.zeros((0, 4)))
    screen.view.map.set_dots(places, np.full((20_000, 3), 255, np.uint8))
    assert screen.view.map.is_raster
    assert screen.view.map._many.image[..., 3].any()
    screen.view.map.set_dots(places[:10], np.full((10, 3), 255, np.uint8))
    assert not screen.view.map.is_raster
