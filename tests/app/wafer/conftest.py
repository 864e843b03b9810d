"""A station with lots of several wafers open on the wafer screen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.presenters.shell import WAFER
from app.presenters.wafer.masks import visible
from app.presenters.wafer.state import WaferState
from app.theme import DARK
from app.views.filter_chips import FilterChips
from app.views.wafer.pareto_list import BAR_ROLE
from core.domain.ids import LotId
from core.jobs import JobContext
from core.services.lots import list_items, open_lot
from core.services.workspace import Workspace
from tests.app.stations import settle_all, start_station
from tests.core.klarf.wafers import Spot, write_wafer_lot

WAFERS = (
    (Spot(0, 0, 5), Spot(20_000, 0, 5), Spot(0, 80_000), Spot(149_000, 0, 6)),
    (Spot(0, 60_000, 6), Spot(-148_000, 0), Spot(-60_000, -60_000, 7)),
)


class Bench:
    """What an engineer does with mouse and keys, and what the screens then show."""

    def __init__(self, qtbot: QtBot, workspace: Workspace, folder: Path) -> None:
        self.qtbot, self.workspace, self.folder = qtbot, workspace, folder
        self.lot_id: LotId = self.open("lot", WAFERS)
        self.station = start_station(qtbot, workspace)
        self.station.window.resize(1280, 800)
        self.station.events.lot_requested.emit(self.lot_id)
        self.settle()
        self.go(WAFER)

    def open(self, name: str, wafers: tuple[tuple[Spot, ...], ...], *, pitch_um: int = 10_000) -> LotId:
        path = write_wafer_lot(self.folder / name, wafers, name=name, pitch_um=pitch_um)
        return open_lot(self.workspace, path, JobContext())

    def settle(self) -> None:
        QApplication.processEvents()
        settle_all(self.qtbot, self.station)
        QApplication.processEvents()

    def go(self, screen: str) -> None:
        self.station.shell.show_screen(screen)
        self.settle()

    def press(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.station.window, key)
        self.settle()

    @property
    def view(self):
        return self.station.wafers.view

    @property
    def state(self) -> WaferState:
        return self.station.wafers.presenter.state

    @property
    def dots(self) -> list[int]:
        """Defects whose dots are on the map."""
        return visible(self.state).tolist()

    @property
    def painted(self) -> int:
        """Dots that the map shows in the colour of their class."""
        faded = QColor(DARK.border).getRgb()[:3]
        return int((self.view.map._colors != faded).any(axis=1).sum())

    @property
    def queue(self) -> list[int]:
        """Which images of the lot the queue lists, counted from 0."""
        ids = [item.image_id for item in list_items(self.workspace, self.lot_id)]
        state = self.station.review_presenter.state
        return [ids.index(state.item_at(row).image_id) for row in range(len(state.order))]

    @property
    def pictures(self) -> int:
        return self.view.gallery._model.item_count

    @property
    def bars(self) -> dict[str, str]:
        model = self.view.panel.pareto.model()
        rows = [model.index(row, 0).data(BAR_ROLE) for row in range(model.rowCount())]
        return {row.name: row.value_text for row in rows}

    @property
    def chosen_bars(self) -> list[str]:
        return [index.data(BAR_ROLE).name for index in self.view.panel.pareto.selectedIndexes()]

    def chips(self, row: FilterChips | None = None) -> list[str]:
        shown = row or self.view.chips
        return [button.chip.text for button in shown.buttons if button.isVisible()]

    def remove_chip(self, text: str, row: FilterChips | None = None) -> None:
        (button,) = [one for one in (row or self.view.chips).buttons if one.chip.text == text]
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def click_bar(self, name: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        bars = self.view.panel.pareto
        row = list(self.bars).index(name)
        place = bars.visualRect(bars.model().index(row, 0)).center()
        self.qtbot.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, modifier, place)
        self.settle()

    def click_picture(
        self, place: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        grid = self.view.gallery.grid
        cell: QModelIndex = self.view.gallery._model.cell(place)
        self.qtbot.mouseClick(
            grid.viewport(), Qt.MouseButton.LeftButton, modifier, grid.visualRect(cell).center()
        )
        self.settle()

    def choose(self, box_of: Callable[[object], object], text: str) -> None:
        """Choose an entry of one of the panel's boxes, as a click on it does."""
        box = box_of(self.view.panel)
        row = [box.itemText(row) for row in range(box.count())].index(text)
        box.setCurrentIndex(row)
        box.activated.emit(row)
        self.settle()

    def pixel(self, x_um: float, y_um: float) -> QPoint:
        """Where on the map's viewport a place of the wafer is."""
        shown = self.view.map
        return shown.mapFromScene(shown._box.mapViewToScene(QPointF(x_um, y_um)))

    def click_map(self, x_um: float, y_um: float, modifier: Qt.KeyboardModifier) -> None:
        port = self.view.map.viewport()
        self.qtbot.mouseClick(port, Qt.MouseButton.LeftButton, modifier, self.pixel(x_um, y_um))
        self.settle()

    def lasso(self, *corners_um: tuple[float, float]) -> None:
        pg.setConfigOption("mouseRateLimit", 0)  # the test's hand is faster than pyqtgraph looks
        port = self.view.map.viewport()
        points = [self.pixel(*corner) for corner in corners_um]
        self.qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=points[0])
        for start, end in zip(points, [*points[1:], points[0]], strict=True):
            for step in np.linspace(0, 1, 6)[1:]:
                moved = start + (end - start) * float(step)
                self.qtbot.mouseMove(port, moved)
        self.qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=points[0])
        pg.setConfigOption("mouseRateLimit", 100)
        self.settle()


@pytest.fixture
def bench(qtbot: QtBot, themed: object, tmp_path: Path) -> Iterator[Bench]:
    with Workspace.open(tmp_path / "home", reviewer="mk") as workspace:
        made = Bench(qtbot, workspace, tmp_path)
        yield made
        made.station.window.close()
