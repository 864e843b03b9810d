"""Bugs end in one dialog and in the log; user errors end as sentences; the application lives on."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from pytestqt.qtbot import QtBot

from app.crash_dialog import CrashReporter
from core.domain.errors import UserError


@pytest.fixture
def crashes(qtbot: QtBot, tmp_path: Path) -> Iterator[CrashReporter]:
    made = CrashReporter(tmp_path / "residua.log", lambda: None)
    made.install()
    yield made
    made.uninstall()
    if made.dialog is not None:
        made.dialog.close()
        made.dialog.deleteLater()


class Clicked(QObject):
    happened = Signal()


def raise_in_slot(error: Exception) -> None:
    """As a widget would: Qt calls, Python raises, nobody catches."""

    def slot() -> None:
        raise error

    source = Clicked()
    source.happened.connect(slot)
    source.happened.emit()


@pytest.mark.qt_no_exception_capture
def test_a_hundred_bugs_in_slots_make_one_dialog(
    crashes: CrashReporter, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(100):
        crashes.report(ValueError(f"bug {number}"))
    assert crashes.dialog is not None
    assert crashes.dialog.isVisible()
    assert len(crashes.dialog.tracebacks) == 100
    assert sum(record.levelno == logging.CRITICAL for record in caplog.records) == 100


@pytest.mark.qt_no_exception_capture
def test_a_bug_in_a_slot_is_reported_and_the_loop_goes_on(qtbot: QtBot, crashes: CrashReporter) -> None:
    lived_on = []
    QTimer.singleShot(0, lambda: raise_in_slot(KeyError("slot")))
    QTimer.singleShot(10, lambda: lived_on.append(True))
    qtbot.waitUntil(lambda: bool(lived_on), timeout=3000)
    assert crashes.dialog is not None
    assert "KeyError: 'slot'" in crashes.dialog.tracebacks[0]


@pytest.mark.qt_no_exception_capture
def test_a_user_error_nobody_handled_is_a_sentence_and_no_crash(qtbot: QtBot, crashes: CrashReporter) -> None:
    with qtbot.waitSignal(crashes.user_error) as told:
        raise_in_slot(UserError("The disk is full."))
    assert (told.args[0].message, crashes.dialog) == ("The disk is full.", None)


def test_a_bug_in_a_thread_is_shown_on_the_main_thread(qtbot: QtBot, crashes: CrashReporter) -> None:
    def fail() -> None:
        raise RuntimeError("worker")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: crashes.dialog is not None, timeout=3000)
    assert crashes.dialog is not None
    assert "RuntimeError: worker" in crashes.dialog.tracebacks[0]


def test_ctrl_c_keeps_its_meaning(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: heard.append(kind))
    crashes = CrashReporter(tmp_path / "residua.log", lambda: None)
    crashes.install()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    crashes.uninstall()
    assert (heard, crashes.dialog) == ([KeyboardInterrupt], None)
