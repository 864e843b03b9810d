"""References of a lot chosen from the menu, on a real station."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import operations
from app.composition import Station
from app.views.shell import dialogs
from core.services.lots import list_items
from core.services.workspace import Workspace
from tests.app.stations import settle_all as settle
from tests.app.stations import start_station


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two dies with two sites each."""
    made = tmp_path / "W3"
    for number, name in enumerate(("die_1/a", "die_1/b", "die_2/a", "die_2/b")):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 255, (64, 64), np.uint8)
        cv2.imwrite(str(made / f"{name}.png"), pixels)
    return made


@pytest.fixture
def station(
    qtbot: QtBot, themed: QApplication, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Station]:
    monkeypatch.setattr(operations, "_detect_lot", lambda *_: None)  # the detector's own tests lie elsewhere
    monkeypatch.setattr(operations, "_list_devices", lambda _ctx: {})
    with Workspace.open(tmp_path / "home", reviewer="ada") as workspace:
        made = start_station(qtbot, workspace, str(folder))
        settle(qtbot, made)
        yield made
        made.window.close()


def references(station: Station, folder: Path) -> dict[str, str]:
    """Of the history, and as the review screen knows them."""
    lot_id = station.shell.state.lot_id
    assert lot_id is not None
    stored = list_items(station.workspace, lot_id)
    assert [item.reference for item in stored] == [
        item.reference for item in station.review_presenter.state.items
    ]
    return {
        item.record.name: item.reference.relative_to(folder).as_posix() for item in stored if item.reference
    }


def test_the_shown_image_becomes_the_golden_die_and_undo_takes_it_back(
    qtbot: QtBot, station: Station, folder: Path
) -> None:
    station.table.action("run.golden_die").trigger()
    settle(qtbot, station)
    others = {"die_1/b.png", "die_2/a.png", "die_2/b.png"}
    assert references(station, folder) == dict.fromkeys(others, "die_1/a.png")
    assert "F5 measures" in station.shell.state.messages[0].hint
    station.table.action("edit.undo").trigger()
    settle(qtbot, station)
    assert references(station, folder) == {}


def test_a_folder_of_another_die_and_back_to_the_lots_own(
    qtbot: QtBot, station: Station, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "ask_folder", lambda *_: folder / "die_1")
    station.table.action("run.reference_folder").trigger()
    settle(qtbot, station)
    assert references(station, folder) == {"die_2/a.png": "die_1/a.png", "die_2/b.png": "die_1/b.png"}
    station.table.action("run.own_references").trigger()
    settle(qtbot, station)
    assert references(station, folder) == {}


def test_the_golden_die_by_its_name(
    qtbot: QtBot, station: Station, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "ask_text", lambda *_: "die_2")
    station.table.action("run.golden_die_name").trigger()
    settle(qtbot, station)
    assert references(station, folder) == {"die_1/a.png": "die_2/a.png", "die_1/b.png": "die_2/b.png"}
    assert station.shell.state.messages[0].text == "Golden die die_2: 2 images"


def test_a_golden_image_that_is_none_is_a_sentence(
    qtbot: QtBot, station: Station, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torn.png").write_bytes(b"\x89PNG")
    monkeypatch.setattr(dialogs, "ask_image", lambda *_: tmp_path / "torn.png")
    station.table.action("run.golden_image").trigger()
    settle(qtbot, station)
    assert "torn.png" in station.shell.state.messages[0].text
    assert references(station, folder) == {}


def test_undo_right_after_a_nudge_takes_the_nudge_back(qtbot: QtBot, station: Station, folder: Path) -> None:
    station.table.action("run.golden_die").trigger()
    settle(qtbot, station)
    station.review_presenter.step(1)
    station.review_presenter.nudging.move(1.0, 0.0)
    station.table.action("edit.undo").trigger()
    settle(qtbot, station)
    item = station.review_presenter.state.current_item
    assert item is not None
    assert item.choice.shift_xy is None
    assert len(references(station, folder)) == 3


def test_compare_again_measures_only_what_was_asked_for(
    qtbot: QtBot, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(operations, "_detect_lot", lambda *arguments: asked.append(arguments[3]))
    station.table.action("run.golden_die").trigger()
    settle(qtbot, station)
    station.review_presenter.step(1)
    item = station.review_presenter.state.current_item
    station.table.action("review.compare").trigger()
    settle(qtbot, station)
    assert item is not None
    assert asked == [{item.image_id}]
