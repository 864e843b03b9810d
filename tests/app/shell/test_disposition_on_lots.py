"""A disposition in the whole window: signed in its dialog, shown on the lots screen."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.composition import Station
from app.preferences import Preferences
from app.presenters.shell import LOTS
from app.qt_models.lots import LotColumn
from app.settings import AppSettings
from app.views.lots.disposition_dialog import DispositionDialog
from core.domain.dispositions import DispositionWord
from core.jobs import JobContext
from core.services.lots import open_lot
from core.services.workspace import Workspace


@pytest.fixture
def station(qtbot: QtBot, tmp_path: Path) -> Iterator[Station]:
    """A lot of one image is open."""
    (tmp_path / "W07").mkdir()
    cv2.imwrite(str(tmp_path / "W07" / "a.png"), np.zeros((32, 32), np.uint8))
    with Workspace.open(tmp_path / "home", reviewer="mei") as workspace:
        lot_id = open_lot(workspace, tmp_path / "W07", JobContext())
        made = Station(workspace, Preferences(tmp_path / "settings.toml", AppSettings()))
        qtbot.addWidget(made.window)
        with qtbot.waitActive(made.window):
            made.window.show()
        made.events.lot_requested.emit(lot_id)
        qtbot.waitUntil(lambda: not made.quiet.running, timeout=60_000)
        yield made
        made.window.close()


def test_a_disposition_shows_on_the_lots_screen_as_soon_as_it_is_signed(station: Station) -> None:
    station.shell.show_screen(LOTS)
    column = station.lots_room.model.index(0, LotColumn.DISPOSITION)
    assert column.data() == "–\n"
    station.table.action("lot.disposition").trigger()
    (dialog,) = station.window.findChildren(DispositionDialog)
    dialog.word.setCurrentIndex(dialog.word.findData(DispositionWord.RELEASE))
    QTest.mouseClick(dialog.sign, Qt.MouseButton.LeftButton)
    dialog.close()
    assert column.data() == "Release\none signature of two"
