"""Lengths on the picture, and the pixel size by hand, in the whole window."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.composition import Station
from app.preferences import Preferences
from app.settings import AppSettings
from app.views.lots.pixel_size_dialog import PixelSizeDialog
from core.jobs import JobContext
from core.services.lots import list_items, open_lot
from core.services.workspace import Workspace


class Desk:
    """Two images without metadata are open."""

    def __init__(self, qtbot: QtBot, workspace: Workspace, folder: Path) -> None:
        self.qtbot, self.workspace = qtbot, workspace
        (folder / "W07").mkdir()
        pixels = np.random.default_rng(0).integers(60, 190, (128, 128), dtype=np.uint8)
        for name in ("a.png", "b.png"):
            cv2.imwrite(str(folder / "W07" / name), pixels)
        self.lot_id = open_lot(workspace, folder / "W07", JobContext())
        self.station = Station(workspace, Preferences(folder / "settings.toml", AppSettings()))
        qtbot.addWidget(self.station.window)
        with qtbot.waitActive(self.station.window):
            self.station.window.show()
        self.station.events.lot_requested.emit(self.lot_id)
        self.settle()

    @property
    def pictures(self):
        return self.station.review_room.view.viewer.pictures

    def settle(self) -> None:
        runners = (self.station.runner, self.station.quiet)
        self.qtbot.waitUntil(lambda: not any(runner.running for runner in runners), timeout=60_000)

    def place(self, x: float, y: float) -> QPoint:
        return self.pictures.mapFromScene(self.pictures.left.mapViewToScene(QPointF(x, y)))

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        port, left, shift = (
            self.pictures.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.ShiftModifier,
        )
        middle = ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2)
        QTest.mousePress(port, left, shift, self.place(*begin))
        for at in (middle, end):
            move(port, self.place(*at))
        QTest.mouseRelease(port, left, shift, self.place(*end))

    def dialog(self) -> PixelSizeDialog:
        self.station.table.action("lot.pixel_size").trigger()
        return self.station.window.findChildren(PixelSizeDialog)[-1]


def move(port, at: QPoint) -> None:
    """A move with button and key held, which QTest's own does not say."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), QPointF(port.mapToGlobal(at)), Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier,
    )  # fmt: skip
    QCoreApplication.sendEvent(port, event)


@pytest.fixture
def desk(qtbot: QtBot, themed: object, tmp_path: Path) -> Iterator[Desk]:
    with Workspace.open(tmp_path / "home", reviewer="mei") as workspace:
        made = Desk(qtbot, workspace, tmp_path)
        yield made
        made.station.window.close()


def test_a_shift_drag_measures_in_pixels_and_pans_nothing(desk: Desk) -> None:
    before = desk.pictures.left.viewRange()
    desk.drag((20, 30), (80, 110))
    assert desk.pictures.measured_px == pytest.approx(100, abs=1.5)
    assert desk.pictures.left.ruler.text.endswith(" px")
    assert desk.pictures.left.viewRange() == before


def test_the_line_goes_with_the_image_or_by_a_shift_click(desk: Desk) -> None:
    desk.drag((20, 30), (80, 110))
    port, left, shift = desk.pictures.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(port, left, shift, desk.place(10, 10))
    assert desk.pictures.measured_px is None
    desk.drag((20, 30), (80, 110))
    desk.station.review_presenter.step(1)
    desk.settle()
    assert desk.pictures.measured_px is None


def test_a_pixel_size_by_the_scale_bar_gives_sizes_in_nm(desk: Desk) -> None:
    assert not desk.pictures.scale_bar.isVisible()
    desk.pictures.measure(QPointF(20, 120), QPointF(70, 120))
    dialog = desk.dialog()
    assert "2 images: not known" in dialog._known.text()
    dialog.line_nm.setValue(500)
    assert dialog.nm.value() == 10
    assert all(
        box.lineEdit().width() > 100 for box in (dialog.nm, dialog.line_nm)
    )  # what is typed can be seen
    QTest.mouseClick(dialog.give, Qt.MouseButton.LeftButton)
    assert "2 images: 10 nm (by hand: mei, 20" in dialog._known.text()
    dialog.close()
    desk.settle()
    size = list_items(desk.workspace, desk.lot_id)[0].record.pixel_size
    assert size.nm == 10
    assert size.source.endswith("; scale bar: 500 nm are 50.0 px")
    assert desk.pictures.scale_bar.isVisible()
    desk.pictures.measure(QPointF(0, 0), QPointF(30, 40))
    assert desk.pictures.left.ruler.text == "500 nm  (50.0 px)"


def test_it_is_taken_back_and_the_sizes_are_blank_again(desk: Desk) -> None:
    dialog = desk.dialog()
    assert not dialog.take_back.isEnabled()
    assert not dialog.line_nm.isEnabled()  # nothing is measured
    dialog.nm.setValue(4)
    QTest.mouseClick(dialog.give, Qt.MouseButton.LeftButton)
    QTest.mouseClick(dialog.take_back, Qt.MouseButton.LeftButton)
    dialog.close()
    desk.settle()
    assert list_items(desk.workspace, desk.lot_id)[0].record.pixel_size is None
    assert not desk.pictures.scale_bar.isVisible()
