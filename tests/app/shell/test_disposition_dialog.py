"""The disposition dialog over a real history: signing, countersigning, and what is refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.presenters.dispositions import DispositionPresenter
from app.views.lots.disposition_dialog import DispositionDialog
from core.domain.dispositions import DispositionWord
from core.domain.ids import LotId
from core.domain.words import DISPOSITION_WORDS
from core.jobs import JobContext
from core.services.dispositions import list_dispositions
from core.services.lots import open_lot
from core.services.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "home", reviewer="mei") as opened:
        yield opened


@pytest.fixture
def lot_id(workspace: Workspace, tmp_path: Path) -> LotId:
    (tmp_path / "W07").mkdir()
    cv2.imwrite(str(tmp_path / "W07" / "a.png"), np.zeros((32, 32), np.uint8))
    return open_lot(workspace, tmp_path / "W07", JobContext())


@pytest.fixture
def dialog(qtbot: QtBot, themed: QApplication, workspace: Workspace, lot_id: LotId) -> DispositionDialog:
    return opened(qtbot, workspace, lot_id)


def opened(qtbot: QtBot, workspace: Workspace, lot_id: LotId) -> DispositionDialog:
    view = DispositionDialog("W07", DISPOSITION_WORDS, None)
    qtbot.addWidget(view)
    DispositionPresenter(workspace, lot_id, view)
    with qtbot.waitExposed(view):
        view.show()
    return view


def choose(dialog: DispositionDialog, word: DispositionWord) -> None:
    dialog.word.setCurrentIndex(dialog.word.findData(word))


def texts(dialog: DispositionDialog) -> str:
    QApplication.processEvents()  # rows that were just made show up
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


def countersign_buttons(dialog: DispositionDialog) -> list[QPushButton]:
    return [one for one in dialog.findChildren(QPushButton) if one.text() == "Countersign"]


def test_a_hold_is_signed_with_all_that_was_filled_in(
    qtbot: QtBot, dialog: DispositionDialog, workspace: Workspace, lot_id: LotId
) -> None:
    assert "None has been given." in texts(dialog)
    choose(dialog, DispositionWord.HOLD)
    qtbot.keyClicks(dialog.reason, "bridges on M1")
    qtbot.keyClicks(dialog.owner, "H. Sato")
    dialog.has_due.setChecked(True)
    dialog.due.setDate(QDate(2026, 4, 1))
    qtbot.mouseClick(dialog.sign, Qt.MouseButton.LeftButton)
    (signed,) = list_dispositions(workspace, lot_id)
    given = signed.given
    assert (given.word, given.reason, given.owner, given.due) == (
        DispositionWord.HOLD,
        "bridges on M1",
        "H. Sato",
        date(2026, 4, 1),
    )
    assert "Hold · bridges on M1 · H. Sato · until 2026-04-01" in texts(dialog)
    assert "awaits a second signature" in texts(dialog)
    assert countersign_buttons(dialog) == []  # the same person
    assert dialog.reason.text() == ""


def test_a_missing_reason_is_said_and_what_was_typed_stays(
    qtbot: QtBot, dialog: DispositionDialog, workspace: Workspace, lot_id: LotId
) -> None:
    choose(dialog, DispositionWord.SCRAP)
    qtbot.keyClicks(dialog.owner, "H. Sato")
    qtbot.mouseClick(dialog.sign, Qt.MouseButton.LeftButton)
    assert "needs a reason" in texts(dialog)
    assert dialog.owner.text() == "H. Sato"
    assert list_dispositions(workspace, lot_id) == ()


def test_a_second_person_countersigns(
    qtbot: QtBot, dialog: DispositionDialog, workspace: Workspace, lot_id: LotId
) -> None:
    choose(dialog, DispositionWord.RELEASE)
    qtbot.mouseClick(dialog.sign, Qt.MouseButton.LeftButton)
    workspace.history.reviewer = "lindqvist"
    second = opened(qtbot, workspace, lot_id)
    (button,) = countersign_buttons(second)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "awaits" not in texts(second).replace("A disposition", "")
    assert "lindqvist" in texts(second)
    assert list_dispositions(workspace, lot_id)[0].is_in_force
