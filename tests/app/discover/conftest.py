"""The whole window on a workspace with a grouped lot."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import operations
from app.presenters.discover.presenter import DiscoverPresenter
from app.presenters.shell import DISCOVER
from core.domain.ids import ClassId, ImageId, LotId
from core.services.lots import list_items
from core.services.workspace import Workspace
from tests.app.stations import settle_all, start_station
from tests.core.services.discovered_lot import discover_lot_as, open_detected


class Desk:
    """A station with a lot on the discover screen."""

    def __init__(self, qtbot: QtBot, workspace: Workspace, lot_id: LotId) -> None:
        self.qtbot, self.workspace, self.lot_id = qtbot, workspace, lot_id
        self.station = start_station(qtbot, workspace)
        self.station.events.lot_requested.emit(lot_id)
        self.station.shell.show_screen(DISCOVER)
        self.settle()

    @property
    def presenter(self) -> DiscoverPresenter:
        return self.station.rooms.discover_presenter

    @property
    def names(self) -> list[str]:
        """On the cards, top first."""
        view = self.station.rooms.discover.cards
        return [view.model().index(row, 0).data() for row in range(view.model().rowCount() - 1)]

    @property
    def messages(self) -> list[str]:
        return [message.text for message in self.station.shell.state.messages]

    def labels(self) -> dict[ImageId, ClassId | None]:
        return {item.image_id: item.judgement.class_id for item in list_items(self.workspace, self.lot_id)}

    def settle(self) -> None:
        settle_all(self.qtbot, self.station)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focus = QApplication.focusWidget() or self.station.window
        self.qtbot.keyClick(focus, key, modifier)

    def undo(self) -> None:
        self.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "home", reviewer="ada") as opened:
        yield opened


@pytest.fixture
def lot_id(workspace: Workspace, tmp_path: Path) -> LotId:
    """Six images with 8 crops: too few for t-SNE's process to be worth a test's time twice."""
    return open_detected(workspace, tmp_path / "W07", images=5)


@pytest.fixture
def desk(
    qtbot: QtBot,
    themed: QApplication,
    workspace: Workspace,
    lot_id: LotId,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    monkeypatch.setattr(operations, "_list_devices", lambda ctx: {"cpu": "CPU, 2 threads"})
    discover_lot_as(workspace, lot_id)
    made = Desk(qtbot, workspace, lot_id)
    yield made
    made.station.window.close()
    assert made.station.crashes.dialog is None
