"""The review screen driven as an engineer drives it: by keys, on real files and a real history."""

from collections.abc import Callable
from unittest.mock import Mock

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.events import ImagesDetected, LotChanged
from app.presenters.review.order import QueueFilter
from app.presenters.review.workspace import WorkspaceServices
from app.views.review.history_list import HistoryList
from core.domain.decisions import UNDECIDED, Judgement, Killer, Verdict
from core.domain.errors import UserError
from core.domain.ids import LotId, RunId
from core.domain.lengths import CLASS_NAME_LENGTH, NOTE_LENGTH
from core.domain.review import ChangeSet
from core.services import decisions
from core.services.detection.lot import DetectedImage
from core.services.lots import list_items, list_lots
from core.services.workspace import Workspace

from .conftest import SPOT, Screen, detect_all, detection_of

MakeLot = Callable[..., LotId]
Suggest = Callable[[LotId, tuple[str, ...]], None]
K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def sentences(screen: Screen) -> list[str]:
    return [label.text() for label in screen.view.findChildren(QLabel) if label.isVisible() and label.text()]


def test_two_hundred_decisions_by_keys_are_all_in_the_history(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(200))
    for number in range(200):
        screen.press((K.Key_X, K.Key_F, K.Key_U, K.Key_Y)[number % 4])
    expected = [Verdict.NUISANCE, Verdict.FALSE, Verdict.CANNOT_DETERMINE, Verdict.REAL]
    stored = screen.stored()
    assert [stored[name].judgement.verdict for name in sorted(stored)] == expected * 50
    assert screen.presenter.state.counts[QueueFilter.UNDECIDED] == 0
    assert screen.name == "site_199.png"
    assert len([change for change in screen.changes if isinstance(change, ChangeSet)]) == 200


def test_space_accepts_what_the_model_says_and_goes_on(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(3))  # NG, unknown, OK
    screen.press(K.Key_Space)
    assert screen.name == "site_001.png"
    screen.press(K.Key_A)
    assert (screen.name, screen.current.judgement) == ("site_001.png", UNDECIDED)
    assert any("no clear word" in sentence for sentence in sentences(screen))
    screen.press(K.Key_Right, K.Key_A)
    stored = screen.stored()
    assert stored["site_000.png"].judgement.verdict is Verdict.REAL
    assert stored["site_002.png"].judgement.verdict is Verdict.FALSE


def test_classes_killer_and_note(screen: Screen, make_lot: MakeLot) -> None:
    bridge = decisions.add_class(screen.workspace, "Bridge", slot=1)
    screen.open(make_lot(3))
    screen.presenter.deciding.read_classes()
    screen.press(K.Key_K, K.Key_1, K.Key_Left, K.Key_T)
    screen.qtbot.keyClicks(screen.window.focusWidget(), "axf 1")  # letters belong to the field now
    screen.press(K.Key_Return)
    judgement = screen.stored()["site_000.png"].judgement
    assert (judgement.verdict, judgement.class_id, judgement.killer, judgement.note) == (
        Verdict.REAL,
        bridge.id,
        Killer.YES,
        "axf 1",
    )
    screen.press(K.Key_F)
    assert screen.stored()["site_000.png"].judgement.class_id is None  # no defect, no class


def test_a_new_class_is_made_by_typing_and_gets_the_next_key(screen: Screen, make_lot: MakeLot) -> None:
    decisions.add_class(screen.workspace, "Bridge", slot=1)
    screen.open(make_lot(3))
    screen.presenter.deciding.read_classes()
    screen.press(K.Key_C)
    screen.qtbot.keyClicks(screen.window.focusWidget(), "Pinch")
    screen.press(K.Key_Return)
    made = {known.name: known for known in decisions.list_classes(screen.workspace)}["Pinch"]
    assert made.slot == 2
    assert screen.stored()["site_000.png"].judgement.class_id == made.id
    screen.press(K.Key_2)  # the cursor went on, the keyboard is back with the images
    assert screen.stored()["site_001.png"].judgement.class_id == made.id


def test_a_taken_class_name_is_a_sentence(screen: Screen, make_lot: MakeLot) -> None:
    decisions.add_class(screen.workspace, "Bridge")
    screen.open(make_lot(1))
    screen.view.decision.classes.class_named.emit("Bridge")
    assert len(screen.errors) == 1
    assert screen.current.judgement == UNDECIDED


def test_undo_goes_back_to_the_image_even_when_the_filter_hides_it(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(6))
    screen.view.queue.filter_chosen.emit("undecided")
    screen.press(K.Key_X, K.Key_X, K.Key_X)
    assert [screen.name, screen.model.rowCount()] == ["site_003.png", 3]
    screen.view.queue.filter_chosen.emit("ok")
    screen.undo()
    assert screen.name == "site_002.png"
    assert screen.current.judgement == UNDECIDED
    screen.undo()
    assert screen.name == "site_001.png"
    assert screen.presenter.state.counts[QueueFilter.DECIDED] == 1


def test_the_history_of_an_image_has_a_line_for_each_decision_the_newest_first(
    screen: Screen, make_lot: MakeLot
) -> None:
    screen.open(make_lot(1))
    screen.press(K.Key_X)
    screen.undo()
    shown = screen.view.decision.findChild(HistoryList)
    lines = [shown.item(row).text() for row in range(shown.count())]
    assert [line.partition("  ")[2] for line in lines] == ["Undo: Undecided  (ada)", "Nuisance  (ada)"]


def test_a_bulk_decision_is_one_action(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(8, broken=1))
    rows = screen.view.queue.list
    for row in range(4):
        place = rows.visualRect(screen.model.index(row)).center()
        modifier = CTRL if row else Qt.KeyboardModifier.NoModifier
        screen.qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, modifier, place)
    assert len(screen.presenter.state.selection) == 4
    screen.press(K.Key_X)
    assert len(screen.presenter.state.selection) == 4  # the cursor waits for the bulk decision
    screen.press(K.Key_Return, modifier=CTRL)
    assert screen.presenter.state.counts[QueueFilter.DECIDED] == 4
    screen.undo()
    assert screen.presenter.state.counts[QueueFilter.DECIDED] == 1


def row_center(screen: Screen, row: int) -> QPoint:
    return screen.view.queue.list.visualRect(screen.model.index(row)).center()


def listed_selection(screen: Screen) -> list[str]:
    indexes = screen.view.queue.list.selectedIndexes()
    return [screen.presenter.state.item_at(index.row()).record.name for index in indexes]


@pytest.mark.parametrize("jitter", [0, 2])
def test_a_click_chooses_its_row_although_the_decided_one_above_leaves_the_list(
    screen: Screen, make_lot: MakeLot, jitter: int
) -> None:
    screen.open(make_lot(6))
    screen.presenter.set_auto_advance(False)
    screen.view.queue.filter_chosen.emit("undecided")
    screen.press(K.Key_X)  # stays listed for as long as it is the current one
    rows, button = screen.view.queue.list.viewport(), Qt.MouseButton.LeftButton
    place = row_center(screen, 2)
    screen.qtbot.mousePress(rows, button, pos=place)
    QTest.mouseMove(rows, place + QPoint(0, jitter))
    screen.qtbot.mouseRelease(rows, button, pos=place + QPoint(0, jitter))
    assert screen.name == "site_002.png"
    assert [item.record.name for item in screen.presenter.state.selected_items] == ["site_002.png"]
    assert listed_selection(screen) == ["site_002.png"]
    assert screen.model.rowCount() == 5


def test_a_result_that_comes_between_press_and_release_does_not_take_the_click_away(
    screen: Screen, make_lot: MakeLot
) -> None:
    lot_id = make_lot(6)
    screen.open(lot_id)
    rows, button = screen.view.queue.list.viewport(), Qt.MouseButton.LeftButton
    screen.qtbot.mousePress(rows, button, pos=row_center(screen, 2))
    first = screen.presenter.state.items[0]
    came = DetectedImage(first.image_id, RunId(2), detection_of(first.record.name, 0.2))
    screen.events.changed.emit(ImagesDetected(lot_id, (came,)), None)
    screen.qtbot.mouseRelease(rows, button, pos=row_center(screen, 2))
    assert (screen.name, listed_selection(screen)) == ("site_002.png", ["site_002.png"])


def test_arrows_move_and_skip_what_is_decided_or_unreadable(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(4, broken=1))
    screen.press(K.Key_Right, K.Key_X, K.Key_X)  # 1 and 2 are decided
    screen.press(K.Key_Up)
    assert screen.name == "site_000.png"
    screen.press(K.Key_Down)
    assert screen.name == "site_003.png"
    screen.press(K.Key_Down)
    assert screen.name == "site_003.png"
    assert any("no undecided image" in sentence for sentence in sentences(screen))


def test_a_broken_file_shows_its_reason_and_no_picture(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(2, broken=1))
    screen.settle()
    pictures = screen.view.viewer.pictures
    assert pictures.left.image.image is not None
    screen.press(K.Key_Right, K.Key_Right)
    reason = screen.current.record.reason  # type: ignore[union-attr]
    assert screen.name == "zz_broken_0.png"
    assert reason in sentences(screen)
    assert pictures.left.image.image is None
    screen.press(K.Key_X)
    assert screen.current.judgement == UNDECIDED
    assert screen.presenter.state.counts[QueueFilter.FAILED] == 1


def test_a_file_that_went_away_is_a_sentence(screen: Screen, make_lot: MakeLot) -> None:
    lot_id = make_lot(2)
    for item in list_items(screen.workspace, lot_id):
        item.record.path.unlink()
    screen.open(lot_id)
    screen.settle()
    assert "This image cannot be shown" in sentences(screen)


def test_a_mistake_while_loading_is_reported_and_loading_goes_on(
    screen: Screen, make_lot: MakeLot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mistake = ZeroDivisionError("thumbnail")
    with monkeypatch.context() as broken:
        broken.setattr(WorkspaceServices, "read_thumbnail", Mock(side_effect=mistake))
        screen.open(make_lot(2))
        screen.settle()
    assert set(screen.failures) == {mistake}
    screen.failures.clear()
    screen.press(K.Key_Right)
    screen.settle()
    assert screen.view.viewer.pictures.left.image.image is not None


def test_sixteen_bit_is_shown_natively_and_windowed_by_alt_drag(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(3, deep=(0, 1)))
    screen.settle()
    shown = screen.view.viewer.pictures.left.image
    assert (shown.image.dtype, int(shown.image.max())) == (np.uint16, 65535)
    low, high = shown.getLevels()
    screen.view.viewer.pictures.window_dragged.emit(0.5, 0.0)
    wider = screen.view.viewer.pictures.left.image.getLevels()
    assert wider[1] - wider[0] > high - low
    screen.press(K.Key_Right)
    screen.settle()
    assert tuple(shown.getLevels()) == tuple(wider)  # the same depth keeps the engineer's window
    screen.press(K.Key_Right)
    screen.settle()
    assert shown.image.dtype == np.uint8
    assert shown.getLevels()[1] <= 255
    screen.press(K.Key_L, modifier=CTRL)
    assert screen.presenter.state.levels is None


def test_overlay_keys(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(1))
    screen.settle()
    pane = screen.view.viewer.pictures.left
    assert pane.heat.isVisible()
    assert pane.outline.isVisible()
    screen.press(K.Key_BracketRight)
    assert pane.heat.opacity() == pytest.approx(0.7)
    screen.qtbot.keyPress(screen.window.focusWidget(), K.Key_B)
    assert not pane.heat.isVisible()
    assert not pane.outline.isVisible()
    screen.qtbot.keyRelease(screen.window.focusWidget(), K.Key_B)
    assert pane.heat.isVisible()
    screen.press(K.Key_H, K.Key_M)
    assert (pane.heat.isVisible(), pane.outline.isVisible()) == (False, False)
    assert screen.view.viewer.pictures.right.heat.isVisible()


def test_panes_zoom_together_and_the_held_key_shows_pixel_for_pixel(
    screen: Screen, make_lot: MakeLot
) -> None:
    screen.open(make_lot(1))
    screen.settle()
    pictures = screen.view.viewer.pictures
    left, right = pictures.left, pictures.right
    left.center_on(SPOT)
    assert right.viewRange() == left.viewRange()
    before = left.viewRange()
    screen.qtbot.keyPress(screen.window.focusWidget(), K.Key_W)
    assert left.viewRect().width() == pytest.approx(left.width() * pictures.devicePixelRatioF(), rel=0.01)
    screen.qtbot.keyRelease(screen.window.focusWidget(), K.Key_W)
    assert np.allclose(left.viewRange(), before)
    screen.press(K.Key_L)
    left.fit()
    assert not np.allclose(right.viewRange(), left.viewRange())
    screen.press(K.Key_L)
    assert np.allclose(right.viewRange(), left.viewRange())


def test_the_readout_gives_the_pixel_under_the_cursor(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(1))
    screen.settle()
    pictures = screen.view.viewer.pictures
    pictures.fit()
    at = pictures.left.mapViewToScene(pictures.left.viewRect().center().__class__(22.5, 26.5))
    pictures.scene().sigMouseMoved.emit(at)
    assert any("x 22   y 26      gray 255      residual 0.900" in text for text in sentences(screen))
    pictures.scene().sigMouseMoved.emit(pictures.left.mapViewToScene(at.__class__(-5, 3)))
    assert not any("gray" in text for text in sentences(screen))


def test_results_of_a_running_detection_arrive_under_the_cursor(screen: Screen, make_lot: MakeLot) -> None:
    lot_id = make_lot(6, lambda _number: None)
    screen.open(lot_id)
    screen.settle()
    assert "Not detected yet" in sentences(screen)
    with screen.qtbot.waitSignal(screen.presenter.detect_requested) as asked:
        screen.view.viewer.detect_requested.emit()
    assert asked.args == [lot_id]
    screen.press(K.Key_Right, K.Key_Right)
    detect_all(screen.workspace, lot_id, lambda number: 0.2 + number / 10)
    found = [
        DetectedImage(item.image_id, RunId(1), detection_of(item.record.name, 0.2 + number / 10))
        for number, item in enumerate(list_items(screen.workspace, lot_id))
    ]
    screen.view.queue.sort_chosen.emit("score")
    for one in found:
        screen.events.changed.emit(ImagesDetected(lot_id, (one,)), None)
    assert screen.name == "site_002.png"
    assert [screen.presenter.state.item_at(row).record.name for row in range(6)] == [
        f"site_{n:03}.png" for n in range(5, -1, -1)
    ]
    assert screen.view.queue.list.currentIndex().row() == 3
    screen.settle()
    assert "Not detected yet" not in sentences(screen)
    assert screen.view.viewer.pictures.right.heat.image is not None
    screen.events.changed.emit(LotChanged(lot_id), None)
    screen.settle()
    assert screen.name == "site_002.png"


def test_a_decision_made_while_the_lot_is_read_again_is_not_overwritten(
    screen: Screen, make_lot: MakeLot
) -> None:
    lot_id = make_lot(3)
    screen.open(lot_id)
    screen.events.changed.emit(LotChanged(lot_id), None)  # the worker reads from here on
    screen.press(K.Key_X)
    screen.settle()
    assert screen.presenter.state.items[0].judgement.verdict is Verdict.NUISANCE


def test_a_result_that_comes_while_the_lot_is_read_is_not_lost(screen: Screen, make_lot: MakeLot) -> None:
    lot_id = make_lot(2, lambda _number: None)
    first, second = list_items(screen.workspace, lot_id)
    screen.events.lot_requested.emit(lot_id)  # the worker reads from here on
    found = DetectedImage(second.image_id, RunId(7), detection_of(second.record.name, 0.9))
    screen.events.changed.emit(ImagesDetected(lot_id, (found,)), None)
    screen.settle()
    assert [item.run_id for item in screen.presenter.state.items] == [None, 7]
    assert screen.presenter.state.counts[QueueFilter.NG] == 1
    assert screen.current.image_id == first.image_id


def test_the_lot_opens_where_it_was_left(qtbot: QtBot, workspace: Workspace, make_lot: MakeLot) -> None:
    lot_id = make_lot(5)
    first = Screen(qtbot, workspace)
    first.open(lot_id)
    first.press(K.Key_Right, K.Key_Right, K.Key_Right)
    first.close()
    assert list_lots(workspace)[0].last_image_id == list_items(workspace, lot_id)[3].image_id
    second = Screen(qtbot, workspace)
    second.open(lot_id)
    assert second.name == "site_003.png"
    second.close()


def test_a_place_that_cannot_be_kept_stops_neither_the_next_lot_nor_the_closing(
    screen: Screen, make_lot: MakeLot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_lot(3), make_lot(2)
    full = UserError("The disk is full.")
    screen.open(first)
    monkeypatch.setattr(WorkspaceServices, "remember_position", Mock(side_effect=full))
    screen.press(K.Key_Right)
    screen.open(second)
    assert screen.presenter.state.lot_id == second
    screen.press(K.Key_Right)
    screen.presenter.close()
    assert set(screen.failures) == {full}
    screen.failures.clear()


def test_the_next_image_was_read_ahead(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(30))
    for number in range(1, 30):
        screen.settle()  # what lies ahead was read
        screen.press(K.Key_Right)
        screen.view.viewer.pictures.grab()
        assert screen.presenter._viewer.shown_id == screen.current.image_id, number


def test_filters_and_text_narrow_the_queue(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(9, broken=2))
    screen.view.queue.filter_chosen.emit("ng")
    assert (screen.model.rowCount(), screen.name) == (3, "site_000.png")
    screen.press(K.Key_F, modifier=CTRL)
    screen.qtbot.keyClicks(screen.window.focusWidget(), "006")
    assert (screen.model.rowCount(), screen.name) == (1, "site_006.png")
    screen.press(K.Key_Escape)
    assert screen.model.rowCount() == 3
    screen.view.queue.filter_chosen.emit("decided")
    assert screen.model.rowCount() == 0
    assert "site_000.png" not in sentences(screen)
    assert "No image matches the filter of the queue." in sentences(screen)
    screen.view.queue.filter_chosen.emit("failed")
    assert screen.name == "zz_broken_0.png"


def test_the_whole_screen_paints(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(4, broken=1))
    screen.settle()
    painted = screen.window.grab().toImage()
    rows = screen.view.queue.list
    corner = rows.mapTo(screen.window, QPoint(30, 30))
    shades = {painted.pixelColor(corner.x() + n, corner.y()).lightness() for n in range(30)}
    assert len(shades) > 5  # a thumbnail, not a blank


def test_a_note_that_is_still_being_typed_is_kept_on_closing(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(1))
    screen.press(K.Key_T)
    screen.qtbot.keyClicks(screen.window.focusWidget(), "ask Kim")
    screen.presenter.close()
    assert screen.stored()["site_000.png"].judgement.note == "ask Kim"


def test_a_note_that_is_being_typed_when_another_lot_opens_stays_with_its_image(
    screen: Screen, make_lot: MakeLot
) -> None:
    first, other = make_lot(1), make_lot(2)
    screen.open(first)
    screen.press(K.Key_T)
    screen.qtbot.keyClicks(screen.window.focusWidget(), "ask Kim")
    screen.open(other)  # it was being read in the background
    assert [item.judgement.note for item in list_items(screen.workspace, first)] == ["ask Kim"]
    assert [item.judgement.note for item in list_items(screen.workspace, other)] == ["", ""]


def test_notes_and_class_names_are_typed_up_to_their_length(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(1))
    panel = screen.view.decision
    QTest.keyClicks(panel.classes.search, "c" * 200)
    panel.classes.search.returnPressed.emit()
    panel.note.setText("n" * 5000)
    panel.commit_note()
    judgement = screen.stored()["site_000.png"].judgement
    assert judgement.note == "n" * NOTE_LENGTH
    assert [known.name for known in decisions.list_classes(screen.workspace)] == ["c" * CLASS_NAME_LENGTH]


def test_a_longer_note_of_before_is_not_cut_off_by_looking_at_it(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(1))
    item = screen.stored()["site_000.png"]
    changes = decisions.decide(screen.workspace, [item], note="n" * 5000, title="Note")
    screen.events.changed.emit(changes, None)
    screen.view.decision.commit_note()
    assert len(screen.stored()["site_000.png"].judgement.note) == 5000


def test_a_note_stays_with_its_image_when_a_click_decides(screen: Screen, make_lot: MakeLot) -> None:
    screen.open(make_lot(3))
    first = screen.name
    screen.view.decision.focus_note()
    QTest.keyClicks(screen.view.decision.note, "ask Kim")
    button = screen.view.decision.verdicts.verdicts[Verdict.NUISANCE]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    screen.settle()
    screen.press(K.Key_Return)
    notes = {name: item.judgement.note for name, item in screen.stored().items()}
    assert notes.pop(first) == "ask Kim"
    assert set(notes.values()) == {""}


def test_a_suggested_class_is_taken_over_by_one_key_and_never_by_itself(
    screen: Screen, make_lot: MakeLot, suggest: Suggest
) -> None:
    bridge = decisions.add_class(screen.workspace, "Bridge", slot=1)
    lot_id = make_lot(4)  # NG, unknown, OK, NG
    suggest(lot_id, ("bridge", "void", "normal", "normal"))
    screen.open(lot_id)
    screen.presenter.deciding.read_classes()
    assert {item.judgement for item in screen.stored().values()} == {UNDECIDED}
    panel = screen.view.decision
    assert panel.suggestion.words.text() == "Suggested: Bridge"
    assert panel.verdicts.accept.text().startswith("Accept NG as Bridge")
    screen.press(K.Key_Space)
    assert panel.suggestion.words.text() == "Suggested: void (new)"
    screen.press(K.Key_Space)  # Unknown is no word, whatever class would be named
    assert screen.current.judgement == UNDECIDED
    screen.press(K.Key_Return)
    assert (screen.name, panel.suggestion.isVisible()) == ("site_002.png", False)
    screen.press(K.Key_Return)
    assert any("suggests no class" in sentence for sentence in sentences(screen))
    screen.press(K.Key_Right, K.Key_Space)
    void = next(known for known in screen.presenter.deciding.classes.values() if known.name == "void")
    judged = [item.judgement for _name, item in sorted(screen.stored().items())]
    assert [(one.verdict, one.class_id) for one in judged] == [
        (Verdict.REAL, bridge.id),
        (Verdict.REAL, void.id),
        (None, None),
        (Verdict.REAL, None),
    ]


def test_enter_in_a_text_field_belongs_to_the_field(
    screen: Screen, make_lot: MakeLot, suggest: Suggest
) -> None:
    lot_id = make_lot(1)
    suggest(lot_id, ("bridge",))
    screen.open(lot_id)
    screen.press(K.Key_T)
    screen.qtbot.keyClicks(screen.window.focusWidget(), "seen")
    screen.press(K.Key_Return)
    assert screen.stored()["site_000.png"].judgement == Judgement(None, note="seen")
