"""Qt tests run offscreen, and every test must leave nothing behind: no window, no timer, no thread."""

import gc
import os
import threading
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from app.theme import apply_theme


@pytest.fixture(autouse=True)
def leak_checks(qapp: QApplication) -> Iterator[None]:
    """Fail a test that leaves a top-level widget, a running timer or a thread behind."""
    gc.freeze()  # what was there before is not looked at again: collecting after each test then costs nothing
    threads_before = set(threading.enumerate())
    widgets_before = {id(widget) for widget in QApplication.topLevelWidgets()}
    yield
    _let_go(qapp)
    widgets = [widget for widget in QApplication.topLevelWidgets() if id(widget) not in widgets_before]
    timers = [found for found in gc.get_objects() if _is_running_timer(found)]
    threads = [thread for thread in threading.enumerate() if thread not in threads_before]
    assert not widgets, f"left open: {widgets}"
    assert not timers, f"left running: {timers}"
    assert not threads, f"left alive: {threads}"


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in its real clothes, for tests that measure or grab widgets."""
    apply_theme(qapp)
    yield qapp
    qapp.setStyleSheet("")


def _let_go(qapp: QApplication) -> None:
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    gc.collect()


def _is_running_timer(found: object) -> bool:
    import shiboken6

    # type(), not isinstance(): asking a lazy module or a proxy for its class wakes it up.
    return issubclass(type(found), QTimer) and shiboken6.isValid(found) and found.isActive()
