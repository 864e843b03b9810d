"""A KLARF lot in the whole window: its wafer, the way to an image, and the decisions written back."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from pytestqt.qtbot import QtBot

from app.presenters.shell import REVIEW, WAFER
from app.views.wafer.klarf_dialog import KlarfDialog
from core.domain.decisions import Verdict
from core.domain.ids import LotId
from core.jobs import JobContext
from core.klarf import read_klarf
from core.services.decisions import decide
from core.services.lots import list_items, open_lot
from core.services.workspace import Workspace
from tests.app.stations import settle_all, start_station
from tests.core.klarf.files import flat


class Desk:
    """A station with a KLARF lot open."""

    def __init__(self, qtbot: QtBot, workspace: Workspace, folder: Path) -> None:
        self.qtbot, self.workspace = qtbot, workspace
        pages = np.random.default_rng(1).integers(60, 190, (3, 48, 64), dtype=np.uint8)
        tifffile.imwrite(folder / "s.tif", pages, photometric="minisblack")
        self.source = folder / "lot.001"
        self.source.write_text(flat())
        self.lot_id: LotId = open_lot(workspace, self.source, JobContext())
        self.station = start_station(qtbot, workspace)
        self.station.events.lot_requested.emit(self.lot_id)
        self.settle()

    def settle(self) -> None:
        settle_all(self.qtbot, self.station)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with Workspace.open(tmp_path / "home", reviewer="mk") as workspace:
        made = Desk(qtbot, workspace, tmp_path)
        yield made
        made.station.window.close()


def test_from_the_wafer_to_the_image_and_back(desk: Desk) -> None:
    desk.station.shell.show_screen(WAFER)
    desk.settle()
    presenter = desk.station.wafers.presenter
    x, y = presenter.state.lot_map.defects.on_wafer_um[1].tolist()
    desk.station.wafers.view.map.place_opened.emit(x, y, 100.0)
    assert desk.station.shell.state.screen == REVIEW
    assert desk.station.review_presenter.state.current == list_items(desk.workspace, desk.lot_id)[1].image_id
    desk.station.review_presenter.step(-1)
    desk.station.shell.show_screen(WAFER)
    desk.settle()
    assert presenter.state.chosen == 0


def test_decisions_are_shown_and_then_written(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(
        desk.workspace,
        [list_items(desk.workspace, desk.lot_id)[0]],
        verdict=Verdict.NUISANCE,
        title="Nuisance",
    )
    out = tmp_path / "written.001"
    monkeypatch.setattr(desk.station.klarf_writing, "_ask_file", lambda _window, _name: out)
    desk.station.table.action("file.klarf").trigger()
    desk.settle()
    dialog = desk.station.window.findChild(KlarfDialog)
    assert '+ 9000 "Nuisance"' in dialog.preview.toPlainText()
    dialog.accept()
    desk.settle()
    table = read_klarf(out).wafers[0].defect_lists[0].table
    assert table.numbers("CLASSNUMBER").tolist() == [9000, 5, 0]
    assert any("written.001" in message.text for message in desk.station.shell.state.messages)
    assert read_klarf(desk.source).wafers[0].defect_lists[0].table.numbers("CLASSNUMBER").tolist() == [
        0,
        5,
        0,
    ]
