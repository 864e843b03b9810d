"""The discover screen, driven by keys, lasso and drops."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app import operations
from app.events import DiscoveryChanged
from app.presenters.discover.state import points_inside
from app.presenters.shell import DISCOVER
from app.views.discover.name_dialog import NameDialog
from core.domain.ids import LotId
from core.jobs import JobContext
from core.services.workspace import Workspace
from tests.app.discover.conftest import Desk
from tests.app.stations import start_station
from tests.core.services.discovered_lot import discover_lot_as

EVERYWHERE = np.array([[-2, -2], [2, -2], [2, 2], [-2, 2]], np.float64)


@pytest.fixture
def answer_with(monkeypatch: pytest.MonkeyPatch):
    """Answer the next naming dialog with a name, or with the id of a class that there is."""

    def answer(name: str = "", known: int | None = None) -> None:
        def fill(dialog: NameDialog) -> QDialog.DialogCode:
            dialog.form.name.setText(name)
            if known is not None:
                dialog.choose(known)
            return QDialog.DialogCode.Accepted

        monkeypatch.setattr(NameDialog, "exec", fill)

    return answer


def test_a_group_that_was_replaced_while_its_name_was_typed_is_not_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(dialog: NameDialog) -> QDialog.DialogCode:
        dialog.form.name.setText("Residue")
        discover_lot_as(desk.workspace, desk.lot_id)  # a job that was under way ends
        desk.station.events.changed.emit(DiscoveryChanged(desk.lot_id), None)
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(NameDialog, "exec", fill)
    desk.press(Qt.Key.Key_N)
    assert desk.messages == ["The group was not named: other groups are shown by now."]
    assert "Residue" not in [known.name for known in desk.workspace.history.list_classes()]


def test_a_key_that_can_do_nothing_says_why(desk: Desk) -> None:
    first, second, _ = (cluster.id for cluster in desk.presenter.state.clusters)
    desk.presenter.choose((first, second))
    desk.press(Qt.Key.Key_P)
    assert desk.station.rooms.discover.grid._hint.text() == "Choose one group to split it."
    desk.press(Qt.Key.Key_M)
    assert "Ctrl+Z takes it back" in desk.station.rooms.discover.grid._hint.text()
    desk.undo()
    assert desk.station.rooms.discover.grid._hint.text() == "Undone: Merge 2 groups"


def test_groups_are_shown_the_largest_first_with_their_crops(desk: Desk) -> None:
    assert desk.names == ["Novel 1", "Novel 2", "Novel 3"]
    state = desk.presenter.state
    assert state.rows_title == "Novel 1"
    assert len(state.rows) == len(state.figures[state.chosen[0]].rows) == 3


def test_naming_labels_the_images_and_is_undone_by_ctrl_z(desk: Desk, answer_with) -> None:
    answer_with("Bridge")
    desk.press(Qt.Key.Key_N)
    assert desk.names[0] == "Bridge"
    (bridge,) = desk.workspace.history.list_classes()
    assert list(desk.labels().values()).count(bridge.id) >= 2
    assert bridge.id in desk.station.review_presenter.deciding.classes
    desk.undo()
    assert desk.names[0] == "Novel 1"
    assert set(desk.labels().values()) == {None}
    assert desk.station.review_presenter.deciding.classes == {}


def test_a_group_is_named_as_a_class_that_there_is(desk: Desk, answer_with) -> None:
    pit = desk.workspace.history.add_class("Pit")
    desk.presenter.choose((desk.presenter.state.clusters[1].id,))
    answer_with(known=int(pit.id))
    desk.press(Qt.Key.Key_N)
    assert "Pit" in desk.names
    assert len(desk.workspace.history.list_classes()) == 1


def test_a_name_that_is_taken_is_a_sentence(desk: Desk, answer_with) -> None:
    desk.workspace.history.add_class("Bridge")
    answer_with("bridge")
    desk.press(Qt.Key.Key_N)
    assert "There is a class “Bridge” already." in desk.messages
    assert desk.names[0] == "Novel 1"


def test_merge_split_and_dismiss_by_keys(desk: Desk) -> None:
    first, second, third = (cluster.id for cluster in desk.presenter.state.clusters)
    desk.presenter.choose((first, second))
    desk.press(Qt.Key.Key_M)
    assert len(desk.names) == 2
    desk.presenter.choose((first,))
    desk.press(Qt.Key.Key_P)
    assert len(desk.names) == 3
    desk.presenter.choose((third,))
    desk.press(Qt.Key.Key_Delete)
    assert desk.names[-1] == "Novel 3"
    for _ in range(3):
        desk.undo()
    assert desk.names == ["Novel 1", "Novel 2", "Novel 3"]
    assert desk.workspace.history.verify_audit().ok


def test_a_lasso_takes_the_visible_points_only(desk: Desk) -> None:
    desk.presenter.choose_inside(EVERYWHERE)
    assert len(desk.presenter.state.rows) == 7
    assert len(desk.presenter.selected_rows()) == 7
    third = desk.presenter.state.clusters[2].id
    desk.presenter.choose((third,))
    desk.press(Qt.Key.Key_Delete)
    desk.presenter.choose_inside(EVERYWHERE)
    hidden = desk.presenter.state.figures[third].rows
    assert len(desk.presenter.state.rows) == 7 - len(hidden)
    assert not set(hidden) & set(desk.presenter.state.rows.tolist())


def test_crops_are_dropped_onto_a_group_and_onto_the_field_for_a_new_one(desk: Desk) -> None:
    first, second, _ = (cluster.id for cluster in desk.presenter.state.clusters)
    grid = desk.station.rooms.discover.grid.list
    grid.setCurrentIndex(grid.model().index(0, 0))
    row = int(desk.presenter.selected_rows()[0])
    desk.station.rooms.discover.cards.crops_dropped.emit(int(second))
    stored = desk.presenter.state.stored
    assert stored is not None
    assert stored.cluster_ids[row] == second
    desk.presenter.choose((first,))
    grid.setCurrentIndex(grid.model().index(0, 0))
    desk.press(Qt.Key.Key_G)
    assert "Novel 4" in desk.names


def test_what_is_dragged_from_the_grid_may_be_dropped_on_a_card_only(desk: Desk) -> None:
    cards, grid = desk.station.rooms.discover.cards, desk.station.rooms.discover.grid.list
    dropped: list[int] = []
    cards.crops_dropped.connect(dropped.append)
    crops = grid.model().mimeData([grid.model().index(0, 0)])
    for mime, place in (
        (crops, cards.visualRect(cards.model().index(1, 0)).center()),
        (QMimeData(), QPoint(9, 9)),
    ):
        action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        event = QDropEvent(QPointF(place), action, mime, left, Qt.KeyboardModifier.NoModifier)
        cards.dropEvent(event)
    assert dropped == [int(desk.presenter.state.clusters[1].id)]


def test_more_like_this_shows_the_nearest_crops(desk: Desk) -> None:
    grid = desk.station.rooms.discover.grid.list
    grid.setCurrentIndex(grid.model().index(0, 0))
    desk.press(Qt.Key.Key_S)
    state = desk.presenter.state
    assert state.rows_title == "More like this"
    mates = desk.presenter.state.figures[state.clusters[0].id].rows
    assert set(state.rows[:2].tolist()) <= set(mates)


def test_a_click_on_a_point_chooses_its_group(desk: Desk) -> None:
    opened = desk.presenter.state.opened
    assert opened is not None
    _, places = desk.presenter.layouts.places(opened)
    row = desk.presenter.state.figures[desk.presenter.state.clusters[2].id].rows[0]
    x, y = places[row]
    desk.presenter.choose_at(float(x), float(y), 0.01, False)
    assert desk.presenter.state.chosen == (desk.presenter.state.clusters[2].id,)
    desk.presenter.choose_at(5.0, 5.0, 0.01, False)
    assert desk.presenter.state.chosen == (desk.presenter.state.clusters[2].id,)


def test_pictures_of_the_crops_arrive(desk: Desk) -> None:
    stored = desk.presenter.state.stored
    assert stored is not None
    desk.station.window.grab()
    desk.settle()
    picture = desk.station.rooms.discover.grid.list.itemDelegate()._picture(int(stored.crop_ids[0]))
    assert picture is not None
    assert picture.width() == picture.height() > 0


def test_a_lot_that_is_not_grouped_says_how_and_groups_by_f6(
    qtbot: QtBot, themed: object, workspace: Workspace, lot_id: LotId, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[LotId] = []

    def group(workspace: Workspace, lot_id: LotId, device: str, ctx: JobContext) -> object:
        asked.append(lot_id)
        return discover_lot_as(workspace, lot_id).stored.id

    monkeypatch.setattr(operations, "_list_devices", lambda ctx: {"cpu": "CPU"})
    monkeypatch.setattr(operations, "_discover_lot", group)
    station = start_station(qtbot, workspace)
    station.events.lot_requested.emit(lot_id)
    station.shell.show_screen(DISCOVER)
    assert station.rooms.discover._stack.currentIndex() == 0
    qtbot.keyClick(station.window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: not station.runner.running, timeout=60_000)
    assert asked == [lot_id]
    assert station.rooms.discover._stack.currentIndex() == 1
    assert len(station.rooms.discover_presenter.state.clusters) == 3
    station.window.close()


def test_points_inside_follow_the_even_odd_rule() -> None:
    ring = np.array(
        [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0], [1, 1], [1, 3], [3, 3], [3, 1], [1, 1]], np.float64
    )
    places = np.array([[0.5, 0.5], [2, 2], [5, 2], [3.5, 2], [-1, -1]], np.float32)
    assert points_inside(places, ring).tolist() == [True, False, False, True, False]
    assert not points_inside(places, ring[:2]).any()


def test_a_fitting_that_was_stopped_leaves_the_lot_to_be_grouped(desk: Desk) -> None:
    operations = desk.station.operations
    running = operations.fit_embedding(desk.lot_id)
    assert not operations.can_discover(desk.lot_id)
    with desk.qtbot.waitSignal(running.finished, timeout=60_000):
        running.cancel()
    desk.settle()
    assert operations.can_discover(desk.lot_id)
