"""The search of all lots on a real station: what it finds stands in the lots' place, and opens at its image."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import operations
from app.composition import Station
from app.views.lots.search_panel import SearchPanel
from core.domain.decisions import Verdict
from core.jobs import JobContext
from core.services.decisions import decide
from core.services.lots import list_items, open_lot
from core.services.workspace import Workspace
from tests.app.stations import start_station


@pytest.fixture
def station(
    qtbot: QtBot, themed: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Station]:
    monkeypatch.setattr(operations, "_list_devices", lambda _ctx: {})
    with Workspace.open(tmp_path / "home", reviewer="ada") as workspace:
        for name in ("W07", "W08"):
            (tmp_path / name).mkdir()
            for site in ("a", "b"):
                cv2.imwrite(str(tmp_path / name / f"{site}.png"), np.full((32, 32), len(name), np.uint8))
            lot_id = open_lot(workspace, tmp_path / name, JobContext())
            items = list_items(workspace, lot_id)
            decide(workspace, items[1:], verdict=Verdict.REAL, note=f"bridge of {name}", title="Real")
        made = start_station(qtbot, workspace)
        yield made
        made.window.close()


@pytest.fixture
def panel(station: Station) -> SearchPanel:
    (found,) = station.lots_room.view.findChildren(SearchPanel)
    return found


def search(qtbot: QtBot, station: Station, panel: SearchPanel, text: str) -> list[str]:
    """What is listed after a search."""
    panel.field.clear()
    qtbot.keyClicks(panel.field, text)
    qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not station.quiet.running, timeout=10_000)
    model = panel.table.model()
    return [
        f"{model.index(row, 1).data()} {model.index(row, 0).data()}"
        for row in range(model.rowCount())
        if panel.table.isVisible()
    ]


def test_hits_stand_in_the_lots_place_until_the_search_is_given_up(
    qtbot: QtBot, station: Station, panel: SearchPanel
) -> None:
    assert station.lots_room.view.table.isVisible()
    assert search(qtbot, station, panel, "bridge verdict:real") == ["W08 b.png", "W07 b.png"]
    assert panel.words.text() == "2 images"
    assert not station.lots_room.view.table.isVisible()
    qtbot.keyClick(panel.field, Qt.Key.Key_Escape)
    assert station.lots_room.view.table.isVisible()
    assert not panel.table.isVisible()


def test_a_hit_opens_its_lot_at_its_image(qtbot: QtBot, station: Station, panel: SearchPanel) -> None:
    search(qtbot, station, panel, "lot:W07 bridge")
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: station.review_presenter.state.current_item is not None, timeout=10_000)
    assert station.shell.state.lot_name == "W07"
    current = station.review_presenter.state.current_item
    assert current is not None
    assert current.record.name == "b.png"


@pytest.mark.parametrize(
    ("text", "words"), [("nothing-like-it", "No image of any lot fits."), ("verdict:bad", "is no verdict")]
)
def test_no_hit_and_no_search_are_sentences(
    qtbot: QtBot, station: Station, panel: SearchPanel, text: str, words: str
) -> None:
    assert search(qtbot, station, panel, text) == []
    assert words in panel.words.text()
