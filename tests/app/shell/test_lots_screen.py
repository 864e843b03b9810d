"""The lots screen: what is listed, how it is opened, what a drop means."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.events import Events, ImagesDetected, LotChanged
from app.presenters.lots import LotsPresenter, split_sources
from app.qt_models.lots import SUMMARY_ROLE, LotColumn, LotsModel
from app.theme import DARK
from app.views.lots.formats import moment_text, place_text
from app.views.lots.view import LotsView
from core.domain.dispositions import Disposition, DispositionDraft, DispositionWord, Signature
from core.domain.ids import DispositionId, LotId
from core.domain.review import LotSummary
from tests.core.klarf.files import flat

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def lot(number: int, **changes: Any) -> LotSummary:
    fields: dict[str, Any] = {
        "id": LotId(number),
        "name": f"W{number}",
        "source": Path(f"/lots/W{number}"),
        "opened_at_utc": NOW,
        "images": 40,
        "failed": 1,
        "detected": 39,
        "flagged": 5,
        "decided": 10,
    }
    return LotSummary(**{**fields, **changes})


class Screen:
    """The real view and model over a list of lots."""

    def __init__(self, qtbot: QtBot, *lots: LotSummary) -> None:
        self.lots, self.reads = lots, 0
        self.model = LotsModel()
        self.view = LotsView(self.model, SUMMARY_ROLE, DARK)
        qtbot.addWidget(self.view)
        self.events = Events()
        self.opened = MagicMock()
        self.presenter = LotsPresenter(self.read, self.opened, self.events, self.view, self.model)
        self.wanted: list[int] = []
        self.events.lot_requested.connect(self.wanted.append)
        with qtbot.waitExposed(self.view):
            self.view.show()

    def read(self) -> tuple[LotSummary, ...]:
        self.reads += 1
        return self.lots


def test_without_lots_the_screen_says_what_to_do(qtbot: QtBot) -> None:
    screen = Screen(qtbot)
    assert not screen.view.table.isVisible()
    with qtbot.waitSignal(screen.view.folder_requested):
        qtbot.keyClick(screen.view.focusWidget(), Qt.Key.Key_Space)


def test_return_opens_the_lot_under_the_cursor(qtbot: QtBot) -> None:
    screen = Screen(qtbot, lot(7), lot(8))
    qtbot.keyClick(screen.view.table, Qt.Key.Key_Down)
    qtbot.keyClick(screen.view.table, Qt.Key.Key_Return)
    assert screen.wanted == [8]


def test_a_double_click_opens_a_lot_once(qtbot: QtBot) -> None:
    screen = Screen(qtbot, lot(7), lot(8))
    table = screen.view.table
    where = table.visualRect(screen.model.index(1, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert screen.wanted == [8]


def test_figures_are_read_again_after_a_change_but_not_for_every_image_of_a_run(qtbot: QtBot) -> None:
    screen = Screen(qtbot, lot(7))
    reads = screen.reads
    screen.events.changed.emit(ImagesDetected(LotId(7), ()), None)
    assert screen.reads == reads
    screen.lots = (lot(7, decided=11),)
    screen.events.changed.emit(LotChanged(LotId(7)), None)
    assert screen.model.index(0, LotColumn.DECIDED).data() == "11 of 40"


def test_a_hidden_screen_reads_when_it_is_shown(qtbot: QtBot) -> None:
    screen = Screen(qtbot, lot(7))
    screen.view.hide()
    reads = screen.reads
    screen.events.changed.emit(LotChanged(LotId(7)), None)
    assert screen.reads == reads
    screen.view.show()
    assert screen.reads == reads + 1


def test_the_lot_that_was_left_is_under_the_cursor(qtbot: QtBot) -> None:
    screen = Screen(qtbot, lot(7), lot(8), lot(9))
    screen.events.lot_requested.emit(8)
    screen.events.changed.emit(LotChanged(LotId(8)), None)
    assert screen.view.table.currentIndex().row() == 1


def test_a_drop_opens_what_was_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    screen = Screen(qtbot, lot(7))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.org/a.png")])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    screen.view.dragEnterEvent(enter)
    assert enter.isAccepted()
    screen.view.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))
    screen.opened.assert_called_once_with(tmp_path)


def test_a_drop_of_text_is_not_wanted(qtbot: QtBot) -> None:
    screen = Screen(qtbot)
    mime = QMimeData()
    mime.setText("W17")
    enter = QDragEnterEvent(
        QPoint(9, 9),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    screen.view.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_folders_and_manifests_are_lots_and_loose_files_are_one_more(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    files = (Path("a.png"), Path("b.tif"))
    manifest = Path("list.CSV")
    assert split_sources([one, files[0], manifest, two, files[1]]) == (one, manifest, two, files)
    assert split_sources([files[0]]) == (files[0],)
    assert split_sources([]) == ()


def test_each_klarf_of_a_drop_is_a_lot(tmp_path: Path) -> None:
    klarfs = [tmp_path / "one.001", tmp_path / "two.klarf"]
    for file in klarfs:
        file.write_text(flat())
    images = (tmp_path / "a.png", tmp_path / "b.tif")
    assert split_sources([klarfs[0], *images, klarfs[1]]) == (*klarfs, images)


def test_a_lot_says_what_becomes_of_it(qtbot: QtBot) -> None:
    given = DispositionDraft(LotId(1), DispositionWord.HOLD, reason="bridges", due=date(2026, 12, 1))
    signed = Disposition(DispositionId(1), given, Signature("mei", NOW))
    model = LotsModel()
    model.set_lots([lot(1, disposition=signed), lot(2)])
    where = model.index(0, LotColumn.DISPOSITION)
    assert (where.data(), model.index(1, LotColumn.DISPOSITION).data()) == (
        "Hold\none signature of two",
        "–\n",
    )
    assert where.data(Qt.ItemDataRole.ToolTipRole) == "Hold · bridges · mei; awaits a second signature"
    model.set_lots([lot(1, disposition=replace(signed, countersigned=Signature("sato", NOW)))])
    assert model.index(0, LotColumn.DISPOSITION).data() == "Hold\nuntil 2026-12-01"


def test_the_model_keeps_its_promises_to_qt(qtbot: QtBot) -> None:
    model = LotsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.set_lots([lot(1), lot(2)])
    with qtbot.waitSignal(model.dataChanged), qtbot.assertNotEmitted(model.modelReset):
        model.set_lots([lot(1, decided=40), lot(2)])
    with qtbot.waitSignal(model.modelReset):
        model.set_lots([lot(3)])
    assert tester.model() is model


def test_not_measured_is_not_zero() -> None:
    model = LotsModel()
    model.set_lots([lot(1, detected=0, flagged=0), lot(2, flagged=0)])
    assert [model.index(row, LotColumn.FLAGGED).data() for row in (0, 1)] == ["–", "0"]


@pytest.mark.parametrize(
    ("back", "text"),
    [(timedelta(0), r"Today \d\d:\d\d"), (timedelta(days=1), "Yesterday"), (timedelta(days=9), "2026-11-1")],
)
def test_moments_as_a_person_says_them(back: timedelta, text: str) -> None:
    import re

    assert re.match(text, moment_text(NOW - back, NOW))


def test_places_begin_at_home() -> None:
    assert place_text(Path("/home/ada/lots/W1"), Path("/home/ada")) == "~/lots/W1"
    assert place_text(Path("/mnt/W1"), Path("/home/ada")) == "/mnt/W1"
