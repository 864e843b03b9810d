"""A detector taught in the window: a real dialog, a real training, a real history."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.composition import Station
from app.views.few_shot.dialog import FewShotDialog
from core.domain.decisions import Verdict
from core.domain.ids import LotId
from core.domain.recipes import DetectorOptions, Recipe
from core.services.decisions import add_class, decide
from core.services.few_shot.plan import FewShotPlan
from core.services.lots import list_items
from core.services.recipes.in_use import current_recipe, keep_recipe
from core.services.workspace import Workspace
from tests.app.stations import settle, start_station
from tests.core.conftest import every_calibration, tiny_weights  # noqa: F401 - fixtures
from tests.core.services.few_shot.shots import write_shots


@pytest.fixture
def station(qtbot: QtBot, themed: QApplication, tmp_path: Path) -> Iterator[Station]:
    """A window whose recipe in use needs no weights."""
    recipe = Recipe(name="stripes", detector=DetectorOptions(method="patch_knn"))
    with Workspace.open(tmp_path / "home", reviewer="ada") as workspace:
        keep_recipe(workspace, recipe)
        made = start_station(qtbot, workspace)
        yield made
        made.window.close()


def open_lot(qtbot: QtBot, station: Station, tmp_path: Path) -> LotId:
    """A measured lot of two images a class."""
    station.operations.open_source(write_shots(tmp_path / "W3", 2, labels=("normal", "square")) / "images")
    settle(qtbot, station)
    lot_id = station.shell.state.lot_id
    assert lot_id is not None
    station.operations.detect(lot_id)
    settle(qtbot, station)
    return lot_id


def decide_all(station: Station, lot_id: LotId) -> None:
    items = {item.record.name: item for item in list_items(station.workspace, lot_id)}
    normals = [items["normal0.png"], items["normal1.png"]]
    decide(station.workspace, normals, verdict=Verdict.FALSE, title="False")
    bridge = add_class(station.workspace, "bridge")
    squares = [items["square0.png"], items["square1.png"]]
    decide(station.workspace, squares, verdict=Verdict.REAL, class_id=bridge.id, title="bridge")


def open_dialog(station: Station) -> FewShotDialog:
    station.table.action("run.few_shot").trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, FewShotDialog)
    return dialog


def words(dialog: FewShotDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def test_without_decisions_the_dialog_says_what_is_needed(qtbot: QtBot, station: Station) -> None:
    settle(qtbot, station)
    dialog = open_dialog(station)
    assert "Decide some images False first" in words(dialog)
    assert not dialog.train.isEnabled()
    dialog.reject()


def test_a_model_is_taught_and_its_recipe_used(
    qtbot: QtBot,
    station: Station,
    tmp_path: Path,
    tiny_weights: Path,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lot_id = open_lot(qtbot, station, tmp_path)
    decide_all(station, lot_id)
    quick = FewShotPlan(weights=str(tiny_weights), steps=4, batch=2)
    monkeypatch.setattr("core.services.few_shot.from_history.FewShotPlan", lambda: quick)
    dialog = open_dialog(station)
    assert [box.text() for box in dialog.boxes] == [
        "normal · 2 images decided False",
        "bridge · 2 images, 2 with a mask",
    ]
    dialog.boxes[1].click()
    assert "Give some images a class first" in words(dialog)
    assert not dialog.train.isEnabled()
    dialog.boxes[1].click()
    dialog.count.setValue(2)
    dialog.train.click()
    assert not dialog.boxes[0].isEnabled()
    settle(qtbot, station)
    assert "Learned from 2 normal, 2 bridge." in words(dialog)
    assert "texts are off" in words(dialog)
    assert current_recipe(station.workspace).detector.method == "patch_knn"
    dialog.accept_button.click()
    used = current_recipe(station.workspace)
    assert (used.name, used.version, used.detector.method) == ("few-shot", 1, "sem_clip")
    assert Path(used.detector.weights).parent == station.workspace.home / "models"
    (message,) = station.shell.state.messages
    assert "Recipe few-shot, version 1 is in use." in message.text
