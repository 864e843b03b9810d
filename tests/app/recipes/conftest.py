"""The whole window on the recipes screen, with a recipe of two versions that needs no weights."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app import operations
from app.presenters.shell import RECIPES
from app.views.recipes.editors import TextEditor
from app.views.recipes.view import RecipesView
from app.views.shell import dialogs
from core.domain.recipe_fields import FieldPath
from core.domain.recipe_library import VersionId
from core.domain.recipes import DetectorOptions, Recipe, SegmentationOptions, Thresholds
from core.services.recipes import save_version, use_version
from core.services.workspace import Workspace
from tests.app.stations import settle_all, start_station

NAME = "Contacts"
MILD = Recipe(
    name=NAME,
    detector=DetectorOptions(method="patch_knn"),
    thresholds=Thresholds(unknown_at=2.0, ng_at=2.0),
)
SHARP = MILD.model_copy(
    update={
        "thresholds": Thresholds(unknown_at=0.0, ng_at=0.0),
        "segmentation": SegmentationOptions(min_area_px=20),
    }
)
FIRST, SECOND = VersionId(NAME, 1), VersionId(NAME, 2)


class Bench:
    """A station with the recipe editor in front."""

    def __init__(self, qtbot: QtBot, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        self.qtbot, self.workspace, self._monkeypatch = qtbot, workspace, monkeypatch
        self.station = start_station(qtbot, workspace)
        self.station.shell.show_screen(RECIPES)

    @property
    def view(self) -> RecipesView:
        return self.station.recipes.view

    @property
    def messages(self) -> list[str]:
        return [message.text for message in self.station.shell.state.messages]

    @property
    def listed(self) -> list[str]:
        """The versions of the chosen recipe, top first."""
        model = self.view.shelf.versions.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def choose(self, version: VersionId) -> None:
        self.station.recipes.presenter.choose(version)

    def type(self, path: FieldPath, text: str) -> None:
        editor = self.view.form.rows[path].editor
        assert isinstance(editor, TextEditor)
        line: QLineEdit = editor.line
        line.clear()
        self.qtbot.keyClicks(line, text)
        if not text:
            self.qtbot.keyClicks(line, "x")
            self.qtbot.keyClick(line, Qt.Key.Key_Backspace)

    def answer(self, text: str | None) -> None:
        """What is typed into the next question."""
        self._monkeypatch.setattr(dialogs, "ask_text", lambda *_: text)

    def settle(self) -> None:
        settle_all(self.qtbot, self.station)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "home", reviewer="ada") as opened:
        save_version(opened, MILD, "begun")
        save_version(opened, SHARP, "sharper")
        use_version(opened, FIRST)
        yield opened


@pytest.fixture
def bench(
    qtbot: QtBot, themed: QApplication, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    monkeypatch.setattr(operations, "_list_devices", lambda ctx: {"cpu": "CPU, 2 threads"})
    made = Bench(qtbot, workspace, monkeypatch)
    made.settle()
    yield made
    made.station.window.close()
    assert made.station.crashes.dialog is None
