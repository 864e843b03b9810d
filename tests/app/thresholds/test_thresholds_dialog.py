"""Thresholds from defect-free images, set in the window: a real dialog, a real detector, a real history."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QRadioButton
from pytestqt.qtbot import QtBot

from app.composition import Station
from app.views.thresholds.dialog import ThresholdsDialog
from core.domain.decisions import Verdict
from core.domain.ids import LotId
from core.domain.recipes import DetectorOptions, Recipe
from core.services.decisions import decide
from core.services.lots import list_items
from core.services.recipes import current_recipe, keep_recipe
from core.services.workspace import Workspace
from tests.app.stations import settle, start_station, write_noise

IN_USE = Recipe(name="film", version=4, detector=DetectorOptions(method="patch_knn"))


@pytest.fixture
def station(qtbot: QtBot, themed: QApplication, tmp_path: Path) -> Iterator[Station]:
    """A window whose recipe in use needs no weights."""
    with Workspace.open(tmp_path / "home", reviewer="ada") as workspace:
        keep_recipe(workspace, IN_USE)
        made = start_station(qtbot, workspace)
        yield made
        made.window.close()


@pytest.fixture
def images(tmp_path: Path) -> Path:
    return write_noise(tmp_path / "W17")


def open_lot(qtbot: QtBot, station: Station, images: Path) -> LotId:
    station.operations.open_source(images)
    settle(qtbot, station)
    assert station.shell.state.lot_id is not None
    return station.shell.state.lot_id


def open_dialog(station: Station) -> ThresholdsDialog:
    station.table.action("run.thresholds").trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ThresholdsDialog)
    return dialog


def words(dialog: ThresholdsDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def source(dialog: ThresholdsDialog, word: str) -> QRadioButton:
    return next(button for button in dialog.findChildren(QRadioButton) if word in button.text())


def choose(dialog: ThresholdsDialog, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    dialog.folder_requested.emit()


def test_accepted_thresholds_are_those_of_the_next_detection(
    qtbot: QtBot, station: Station, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot_id = open_lot(qtbot, station, images)
    dialog = open_dialog(station)
    assert "recipe film, version 4" in words(dialog)
    assert not dialog.measure.isEnabled()
    choose(dialog, images, monkeypatch)
    dialog.measure.click()
    assert not dialog.measure.isEnabled()
    settle(qtbot, station)
    assert "of 4 measured images of “W17” would get another verdict" in words(dialog)
    assert current_recipe(station.workspace) == IN_USE
    dialog.accept_button.click()
    accepted = current_recipe(station.workspace)
    assert (accepted.version, accepted.detector) == (5, IN_USE.detector)
    (message,) = station.shell.state.messages
    assert message.text.startswith("Recipe film, version 5: Unknown from 0.")
    station.operations.detect(lot_id)
    settle(qtbot, station)
    (item, *_) = list_items(station.workspace, lot_id)
    assert item.detection is not None
    assert item.detection.threshold == accepted.thresholds.ng_at
    assert item.run_id is not None
    assert station.workspace.history.run(item.run_id).recipe_version == 5


def test_images_decided_false_are_offered_and_the_weights_own_thresholds_can_be_had_back(
    qtbot: QtBot, station: Station, images: Path
) -> None:
    lot_id = open_lot(qtbot, station, images)
    decide(station.workspace, list_items(station.workspace, lot_id)[:3], verdict=Verdict.FALSE, title="False")
    dialog = open_dialog(station)
    decided = source(dialog, "decided False")
    assert (decided.text(), decided.isChecked()) == ("3 images of “W17” decided False", True)
    dialog.measure.click()
    settle(qtbot, station)
    assert "3 images were measured; the fewer, the wider the thresholds." in words(dialog)
    source(dialog, "None").click()
    assert not dialog.accept_button.isEnabled()  # what was measured was for another source
    dialog.measure.click()
    settle(qtbot, station)
    assert "None of 4 measured images of “W17” would get another verdict." in words(dialog)
    dialog.reject()


def test_what_cannot_be_measured_is_a_sentence_in_the_dialog(
    qtbot: QtBot, station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(qtbot, station)
    (tmp_path / "empty").mkdir()
    dialog = open_dialog(station)
    assert not source(dialog, "decided False").isEnabled()
    choose(dialog, tmp_path / "empty", monkeypatch)
    dialog.measure.click()
    settle(qtbot, station)
    assert "holds no image files" in words(dialog)
    assert dialog.measure.isEnabled()
    assert not dialog.accept_button.isEnabled()
    assert station.crashes.dialog is None
    dialog.reject()


def test_closing_stops_the_measurement(
    qtbot: QtBot, station: Station, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(qtbot, station)
    dialog = open_dialog(station)
    choose(dialog, images, monkeypatch)
    dialog.measure.click()
    dialog.reject()
    settle(qtbot, station)
    assert station.jobs.records[0].ending == "cancelled"
    assert current_recipe(station.workspace) == IN_USE


def test_the_dialog_fits_into_the_smallest_window(
    qtbot: QtBot, station: Station, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_lot(qtbot, station, images)
    station.window.resize(1024, 640)
    dialog = open_dialog(station)
    choose(dialog, images / ("long " * 60), monkeypatch)
    choose(dialog, images, monkeypatch)
    dialog.measure.click()
    settle(qtbot, station)
    assert (dialog.width() <= 1024, dialog.height() <= 640) == (True, True)
    dialog.reject()
