"""The whole window on a real workspace, driven as an engineer would drive it."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from app import operations
from app.composition import Station
from app.events import ImagesDetected, LotChanged
from app.preferences import Preferences
from app.presenters.shell import LOTS, REVIEW
from app.settings import AppSettings, read_settings
from app.views.shell import dialogs
from app.views.shell.key_sheet import KeySheet
from core.domain.decisions import Verdict
from core.domain.detections import Detection
from core.domain.errors import UserError
from core.domain.ids import ImageId, LotId, RunId
from core.jobs import JobContext
from core.services.decisions import decide
from core.services.detection.lot import DetectedImage
from core.services.lots import find_or_open_lot, list_items, list_lots
from core.services.workspace import Workspace
from tests.app.stations import settle, start_station, write_noise


def measure(
    workspace: Workspace, lot_id: LotId, device: str, only: frozenset[ImageId], ctx: JobContext
) -> RunId:
    """Stands for the detector, whose own tests lie elsewhere: one result per image, at once."""
    for item in ctx.track(list_items(workspace, lot_id), "measuring"):
        ctx.emit(DetectedImage(item.image_id, RunId(1), Detection(item.record.name, 1.0, score=0.5)))
    return RunId(1)


@pytest.fixture
def station(
    qtbot: QtBot, themed: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Station]:
    monkeypatch.setattr(operations, "_detect_lot", measure)
    monkeypatch.setattr(operations, "_list_devices", lambda ctx: {"cpu": "CPU, 2 threads"})
    with Workspace.open(tmp_path / "home", reviewer="ada") as workspace:
        made = start_station(qtbot, workspace)
        yield made
        made.window.close()


@pytest.fixture
def lot(tmp_path: Path) -> Path:
    return write_noise(tmp_path / "W17")


def words(station: Station) -> list[str]:
    return [label.text() for label in station.review_room.view.findChildren(QLabel) if label.isVisible()]


def visible_buttons(station: Station) -> list[QPushButton]:
    return [button for button in station.review_room.view.findChildren(QPushButton) if button.isVisible()]


def messages(station: Station) -> list[str]:
    return [message.text for message in station.shell.state.messages]


def test_opening_a_folder_shows_it_measures_it_and_lists_it(
    qtbot: QtBot, station: Station, lot: Path
) -> None:
    heard: list[object] = []
    station.events.changed.connect(lambda change, _initiator: heard.append(change))
    station.lots_room.view.paths_dropped.emit((lot,))
    settle(qtbot, station)
    assert (station.shell.state.screen, station.window.windowTitle()) == (REVIEW, "W17 – Residua")
    lot_id = station.shell.state.lot_id
    assert heard[0] == heard[-1] == LotChanged(LotId(lot_id or 0))
    detected = [image for change in heard if isinstance(change, ImagesDetected) for image in change.detected]
    assert len(detected) == 4
    station.shell.show_screen(LOTS)
    assert station.lots_room.model.lot_at(0).images == 4
    assert [record.ending for record in station.jobs.records] == ["done"] * 3


def test_a_folder_without_images_is_a_sentence_in_the_banner(
    qtbot: QtBot, station: Station, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    station.lots_room.view.paths_dropped.emit((tmp_path / "empty",))
    settle(qtbot, station)
    assert len(messages(station)) == 1
    assert station.window.banner.isVisible()
    assert station.crashes.dialog is None
    station.window.banner.dismiss_requested.emit()
    assert not station.window.banner.isVisible()


def test_a_bug_in_a_job_is_one_crash_dialog_and_the_window_lives_on(
    qtbot: QtBot,
    station: Station,
    lot: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("detector")

    monkeypatch.setattr(operations, "_detect_lot", broken)
    station.operations.open_source(lot)
    settle(qtbot, station)
    dialog = station.crashes.dialog
    assert dialog is not None
    assert "ZeroDivisionError: detector" in dialog.tracebacks[0]
    dialog.close()
    monkeypatch.setattr(operations, "_detect_lot", measure)
    station.table.action("run.detect").trigger()
    settle(qtbot, station)
    assert station.jobs.records[0].ending == "done"


def test_the_status_line_and_the_menu_name_the_device(qtbot: QtBot, station: Station) -> None:
    settle(qtbot, station)
    station.operations.devices_known.emit({"cuda": "NVIDIA RTX 4090", "cpu": "CPU, 2 threads"})
    written = {label.text() for label in station.window.status.findChildren(QLabel)}
    assert "NVIDIA RTX 4090" in written
    offered = station.commands.menus["&Run"].findChildren(QMenu)[0].actions()
    assert [action.text() for action in offered] == ["Automatic", "NVIDIA RTX 4090", "CPU, 2 threads"]
    offered[2].trigger()
    written = {label.text() for label in station.window.status.findChildren(QLabel)}
    assert "CPU, 2 threads" in written


def edit_menu(station: Station) -> list[str]:
    """What the menu says when it opens."""
    menu = station.commands.menus["&Edit"]
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions()]


def test_undo_is_named_and_takes_the_whole_action_back(qtbot: QtBot, station: Station, lot: Path) -> None:
    station.operations.open_source(lot)
    settle(qtbot, station)
    lot_id = LotId(station.shell.state.lot_id or 0)
    items = list_items(station.workspace, lot_id)
    changes = decide(station.workspace, items[:3], verdict=Verdict.NUISANCE, title="Nuisance: 3 images")
    station.events.changed.emit(changes, None)
    assert edit_menu(station)[:2] == ["Undo Nuisance: 3 images", "Redo"]
    undo = station.table.action("edit.undo")
    with qtbot.waitSignal(station.events.changed):
        undo.trigger()
    assert list_lots(station.workspace)[0].decided == 0
    assert edit_menu(station)[:2] == ["Undo", "Redo Nuisance: 3 images"]
    undo.trigger()
    assert "There is nothing to undo." in [
        label.text() for label in station.review_room.view.findChildren(QLabel)
    ]


def decide_first(station: Station) -> str:
    """Judge the first image of the shown lot; its name."""
    lot_id = LotId(station.shell.state.lot_id or 0)
    item = list_items(station.workspace, lot_id)[0]
    title = f"Nuisance: {item.record.name}"
    changes = decide(station.workspace, [item], verdict=Verdict.NUISANCE, title=title)
    station.events.changed.emit(changes, None)
    return item.record.name


def test_undo_leaves_a_lot_alone_that_is_not_on_the_screen_and_offers_it(
    qtbot: QtBot, station: Station, lot: Path, tmp_path: Path
) -> None:
    shutil.copytree(lot, tmp_path / "W18")
    station.operations.open_source(lot)
    settle(qtbot, station)
    decided, first = decide_first(station), station.shell.state.lot_id
    station.operations.open_source(tmp_path / "W18")
    settle(qtbot, station)
    assert edit_menu(station)[0] == "Undo"
    qtbot.keyClick(station.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert sum(summary.decided for summary in list_lots(station.workspace)) == 1
    (message,) = messages(station)
    assert f"Nuisance: {decided}" in message
    assert "the lot “W17”" in message
    station.window.banner.findChild(QPushButton, "open").click()
    qtbot.waitUntil(lambda: not station.quiet.running, timeout=10_000)
    assert (station.shell.state.lot_id, messages(station)) == (first, [])
    assert edit_menu(station)[0] == f"Undo Nuisance: {decided}"
    station.table.action("edit.undo").trigger()
    assert sum(summary.decided for summary in list_lots(station.workspace)) == 0
    hints = [label.text() for label in station.review_room.view.viewer.findChildren(QLabel)]
    assert f"Undone: Nuisance: {decided}" in hints
    assert edit_menu(station)[:2] == ["Undo", f"Redo Nuisance: {decided}"]


def test_undo_on_the_lots_screen_takes_nothing_back_unseen(qtbot: QtBot, station: Station, lot: Path) -> None:
    station.operations.open_source(lot)
    settle(qtbot, station)
    decide_first(station)
    station.shell.show_screen(LOTS)
    assert edit_menu(station)[0] == "Undo"
    station.table.action("edit.undo").trigger()
    assert list_lots(station.workspace)[0].decided == 1
    assert "the lot “W17”, which is not on the screen" in messages(station)[0]


def test_one_lot_is_not_measured_twice_at_once(
    qtbot: QtBot, station: Station, lot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work = threading.Event()

    def endless(
        workspace: Workspace, lot_id: LotId, device: str, only: frozenset[ImageId], ctx: JobContext
    ) -> None:
        at_work.set()
        while True:
            ctx.check()

    monkeypatch.setattr(operations, "_detect_lot", endless)
    station.operations.open_source(lot)
    qtbot.waitUntil(at_work.is_set, timeout=10_000)
    assert not station.table.action("run.detect").isEnabled()
    qtbot.waitUntil(lambda: "The lot is being measured." in words(station), timeout=10_000)
    assert not any(button.text() == "Detect this lot" for button in visible_buttons(station))
    station.jobs.cancel(station.jobs.records[0].key)
    settle(qtbot, station)
    assert station.table.action("run.detect").isEnabled()
    assert any(button.text() == "Detect this lot" for button in visible_buttons(station))


def test_the_report_is_written_where_asked(
    qtbot: QtBot, station: Station, lot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.operations.open_source(lot)
    settle(qtbot, station)
    out = tmp_path / "W17.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_kwargs: (str(out), "Table (*.csv)"))
    station.table.action("file.export").trigger()
    settle(qtbot, station)
    assert out.read_text().count("\n") >= 5
    assert messages(station) == [f"The report is in {out}"]


def test_keys_lead_to_screens_jobs_and_the_sheet(qtbot: QtBot, station: Station, lot: Path) -> None:
    station.operations.open_source(lot)
    settle(qtbot, station)
    qtbot.keyClick(station.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert station.lots_room.view.isVisible()
    qtbot.keyClick(station.window, Qt.Key.Key_E)
    assert not station.lots_room.view.isVisible()
    qtbot.keyClick(station.window, Qt.Key.Key_J)
    assert station.window.jobs.isVisible()
    qtbot.keyClick(station.window, Qt.Key.Key_F1)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, KeySheet)
    sheet.close()


def test_a_key_chosen_in_the_sheet_holds_and_is_kept(
    qtbot: QtBot, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "ask_key", lambda parent, text: "F9")
    station.commands.show_keys()
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, KeySheet)
    sheet.button("view.jobs").click()
    assert sheet.button("view.jobs").text() == "F9"
    sheet.close()
    qtbot.keyClick(station.window, Qt.Key.Key_F9)
    assert station.window.jobs.isVisible()
    assert read_settings(station.workspace.home / "settings.toml").keys == {"view.jobs": "F9"}


def test_an_unknown_name_is_a_sentence_and_a_known_one_opens(
    qtbot: QtBot, station: Station, lot: Path
) -> None:
    station.open_named("W99")
    assert messages(station) == ["There is no lot and no file or folder named “W99”."]
    station.operations.open_source(lot)
    settle(qtbot, station)
    station.shell.show_screen(LOTS)
    station.open_named("W17")
    assert station.shell.state.screen == REVIEW


def test_a_lot_behind_a_link_is_the_one_that_the_command_line_opens(
    qtbot: QtBot, station: Station, lot: Path
) -> None:
    link = lot.with_name("today")
    try:
        link.symlink_to(lot, target_is_directory=True)
    except OSError:
        pytest.skip("this account may not make links")
    station.open_named(str(link))
    settle(qtbot, station)
    assert find_or_open_lot(station.workspace, str(link), JobContext()) == station.shell.state.lot_id


def test_the_reviewer_is_kept_for_the_next_start(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogs, "ask_text", lambda *_: "grace")
    station.table.action("edit.reviewer").trigger()
    assert read_settings(station.workspace.home / "settings.toml").reviewer == "grace"
    assert "grace" in messages(station)[0]


def test_a_name_is_typed_up_to_its_length(station: Station) -> None:
    def type_and_accept() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        QTest.keyClicks(dialog.findChild(QLineEdit), "  " + "y" * 200)
        dialog.accept()

    QTimer.singleShot(0, type_and_accept)
    assert dialogs.ask_text(station.window, "Reviewer", "Name:", "", 120) == "y" * 118


def test_the_same_sentence_does_not_pile_up(station: Station) -> None:
    for message in ("Full.", "Gone.", "Full."):
        station.events.user_error.emit(UserError(message))
    assert messages(station) == ["Full.", "Gone."]


def test_the_window_comes_back_where_it_was(
    qtbot: QtBot, themed: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "_list_devices", lambda ctx: {"cpu": "CPU, 2 threads"})
    sizes = []
    for size in ((1024, 700), None):
        with Workspace.open(tmp_path / "home") as workspace:
            made = Station(workspace, Preferences(tmp_path / "settings.toml", AppSettings()))
            qtbot.addWidget(made.window)
            if size is not None:
                made.window.resize(*size)
            made.window.show()
            sizes.append((made.window.width(), made.window.height()))
            made.window.close()
    assert sizes == [(1024, 700), (1024, 700)]


@pytest.mark.parametrize("close", [lambda station: station.window.close()])
def test_closing_in_the_middle_of_a_job_leaves_no_thread(
    qtbot: QtBot, station: Station, lot: Path, close: Callable[[Station], None]
) -> None:
    station.operations.open_source(lot)
    close(station)
    assert station.runner.running == ()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("residua-")]


def test_long_names_never_widen_the_window(qtbot: QtBot, station: Station, lot: Path) -> None:
    station.window.resize(1024, 640)
    (lot / "site_0.png").rename(lot / f"site_0{'_after_develop' * 15}.png")
    station.operations.open_source(lot)
    settle(qtbot, station)
    qtbot.waitUntil(lambda: not station.quiet.running, timeout=10_000)
    station.window.status.set_reviewer("Ada " * 30)
    station.shell.show_screen(LOTS)
    path = "/mnt/" + "metrology_" * 60 + ".tif"
    station.events.user_error.emit(UserError(f"The file {path} cannot be read.", path))
    station.shell.toggle_jobs()
    running = station.runner.start(lambda ctx: ctx.report(1, 2, path), title=f"Open {path}")
    with qtbot.waitSignal(running.finished, timeout=5000):
        pass
    assert station.window.minimumSizeHint().width() <= 1024
    assert station.window.width() == 1024
