"""Two recipes on the open lot, in the window."""

import pytest
from PySide6.QtCore import Qt

from app.presenters.shell import RECIPES, REVIEW
from app.views.recipes.flip_grid import FLIP_ROLE
from core.domain.decisions import Verdict
from core.domain.detections import ModelVerdict
from core.domain.ids import LotId
from core.domain.recipe_library import VersionId
from core.services.decisions import decide
from core.services.lots import list_items
from tests.app.recipes.conftest import FIRST, SECOND, Bench
from tests.core.services.own_product import planted, write_product

SHIPPED = VersionId("default", 1)
OK, NG = ModelVerdict.OK, ModelVerdict.NG


@pytest.fixture
def lot_id(bench: Bench) -> LotId:
    """Three images, measured by the version in use, by which all of them are OK."""
    bench.station.operations.open_source(write_product(bench.workspace.home / "W17", 3, draw=planted))
    bench.settle()
    bench.station.shell.show_screen(RECIPES)
    bench.view.tabs.setCurrentWidget(bench.view.what_if)
    assert bench.station.shell.state.lot_id is not None
    return bench.station.shell.state.lot_id


def compare(bench: Bench) -> None:
    bench.station.recipes.what_if.choose(FIRST, SECOND)
    bench.view.what_if.compare.click()
    bench.settle()


def counts(bench: Bench) -> list[list[str]]:
    table = bench.view.what_if.moves
    return [[table.item(row, column).text() for column in range(3)] for row in range(3)]


def test_without_a_lot_there_is_nothing_to_compare(bench: Bench) -> None:
    assert not bench.view.what_if.compare.isEnabled()


def test_until_a_pair_is_chosen_it_is_the_version_in_use_and_the_one_looked_at(bench: Bench) -> None:
    state = bench.station.recipes.what_if.state
    assert (state.before, state.after) == (FIRST, SECOND)
    bench.choose(SHIPPED)
    assert bench.view.what_if.after.currentData() == SHIPPED
    bench.station.recipes.what_if.choose(SECOND, FIRST)
    bench.choose(SECOND)
    assert bench.view.what_if.before.currentData() == SECOND
    assert bench.view.what_if.after.currentData() == FIRST


def test_flips_are_counted_shown_and_opened_and_the_history_stays(bench: Bench, lot_id: LotId) -> None:
    decide(bench.workspace, list_items(bench.workspace, lot_id)[:1], verdict=Verdict.REAL, title="Real")
    before = list_items(bench.workspace, lot_id), bench.workspace.history.verify_audit().head_sha256
    compare(bench)
    assert counts(bench) == [["0", "0", "3"], ["0", "0", "0"], ["0", "0", "0"]]
    words = bench.view.what_if._summary.text()
    assert "3 of 3 images of “W17” would get another verdict." in words
    assert "Nothing was measured anew" in words
    after = list_items(bench.workspace, lot_id), bench.workspace.history.verify_audit().head_sha256
    assert after == before
    grid = bench.view.what_if.grid
    second = grid.model().index(1, 0)
    bench.qtbot.waitUntil(lambda: grid.indexAt(grid.visualRect(second).center()) == second)  # it is laid out
    bench.qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.visualRect(second).center())
    bench.settle()
    assert bench.station.shell.state.screen == REVIEW
    assert bench.station.review_presenter.state.current == second.data(FLIP_ROLE).image_id


def test_a_number_keeps_its_own_flips(bench: Bench, lot_id: LotId) -> None:
    compare(bench)
    kept = []
    for move in ((OK, OK), (OK, NG), (OK, NG)):
        bench.view.what_if.moves.move_chosen.emit(move)
        kept.append(bench.station.recipes.what_if.state.kept)
    assert kept == [None, (OK, NG), None]
    bench.view.what_if.moves.cellClicked.emit(0, 2)
    assert "Shown: OK by A, NG by B." in bench.view.what_if._summary.text()
    assert bench.view.what_if.grid.model().rowCount() == 3


def test_every_picture_arrives(bench: Bench, lot_id: LotId) -> None:
    compare(bench)
    first = bench.station.recipes.what_if.state.first_number
    pictures = bench.station.recipes._pictures
    for number in range(first, first + 3):
        pictures.picture(number)
    bench.settle()
    arrived = [pictures.picture(number) for number in range(first, first + 3)]
    assert all(picture is not None and picture.width() > picture.height() for picture in arrived)


def test_another_pair_asks_for_another_comparison(bench: Bench, lot_id: LotId) -> None:
    compare(bench)
    panel = bench.view.what_if
    assert panel._stack.currentIndex() == 1
    bench.station.recipes.what_if.choose(SECOND, FIRST)
    assert panel._stack.currentIndex() == 0
    panel.compare.click()
    bench.settle()
    assert counts(bench)[2][0] == "3"
    bench.station.recipes.what_if.choose(FIRST, FIRST)
    assert not panel.compare.isEnabled()


def test_it_can_be_stopped(bench: Bench, lot_id: LotId) -> None:
    bench.station.recipes.what_if.choose(FIRST, SECOND)
    bench.view.what_if.compare.click()
    assert not bench.view.what_if.compare.isEnabled()
    bench.view.what_if.cancel.click()
    bench.settle()
    assert bench.station.recipes.what_if.state.found is None
    assert bench.view.what_if.compare.isEnabled()


def test_what_cannot_be_measured_is_a_sentence(bench: Bench, lot_id: LotId) -> None:
    (file,) = bench.workspace.home.glob("recipes/contacts-*/recipe-2.json")
    file.unlink()
    compare(bench)
    assert "recipe-2.json" in bench.messages[0]
    assert bench.view.what_if.compare.isEnabled()


def test_an_outcome_is_not_shown_for_another_lot_of_the_same_name(bench: Bench, lot_id: LotId) -> None:
    compare(bench)
    panel = bench.view.what_if
    assert panel._stack.currentIndex() == 1
    twin = write_product(bench.workspace.home / "other" / "W17", 2, draw=planted)
    bench.station.operations.open_source(twin)
    bench.settle()
    assert bench.station.shell.state.lot_name == "W17"
    bench.station.shell.show_screen(RECIPES)
    assert panel._stack.currentIndex() == 0
