"""The reference on the review screen: beside the image, in a blink, moved by keys that history keeps."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.presenters.review.text import alignment_text
from core.domain.alignment import Alignment
from core.domain.detections import Detection, ModelVerdict
from core.domain.ids import ImageId, LotId, RunId
from core.domain.lots import ImageRecord
from core.domain.maps import DIFFERENCE_RANGE
from core.domain.recipes import Recipe
from core.domain.references import AS_GIVEN, ReferenceChoice
from core.domain.review import ReviewItem, RunState
from core.jobs import JobContext
from core.services.lots import list_items, open_lot
from core.services.references import choose_references, place_on_reference
from core.services.workspace import Workspace

from .conftest import Screen

K = Qt.Key
ALT, SHIFT, CTRL = (getattr(Qt.KeyboardModifier, f"{name}Modifier") for name in ("Alt", "Shift", "Control"))
SIDE = 96
FOUND = Alignment(4.0, -3.0, 0.93, 0.1)


def texture() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    noise = np.random.default_rng(5).normal(127, 60, (SIDE, SIDE))
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 2) * 4 - 380, 0, 255).astype(np.uint8)


def save(file: Path, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    file.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def measure(workspace: Workspace, lot_id: LotId, alignment: Alignment) -> None:
    """A run that compared every image that has a reference."""
    run_id = workspace.history.start_run(
        lot_id, recipe=Recipe(), model_id="t", model_sha256="0" * 64, device="cpu"
    )
    for item in list_items(workspace, lot_id):
        known = item.reference is not None
        found = Detection(
            item.record.name,
            0.7,
            0.1,
            ModelVerdict.OK,
            unknown_at=0.4,
            reference=str(item.reference or ""),
            alignment=alignment if known else None,
        )
        files = (
            workspace.maps.save_map(np.full((SIDE, SIDE), 0.05, np.float32)),
            workspace.maps.save_mask(np.zeros((SIDE, SIDE), bool)),
        )
        workspace.history.save_detections(run_id, [(item.image_id, found, *files)])
    workspace.history.finish_run(run_id, RunState.FINISHED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """`a` and `b` have references, shifted; `c` has none."""
    made = tmp_path / "pairs"
    made.mkdir()
    for name in ("a", "b"):
        save(made / f"{name}_test.png", np.roll(texture(), (-3, 4), (0, 1)))
        save(made / f"{name}_temp.png", texture())
    save(made / "c.png", texture())
    return made


@pytest.fixture
def lot_id(workspace: Workspace, folder: Path) -> LotId:
    made = open_lot(workspace, folder, JobContext())
    measure(workspace, made, FOUND)
    return made


@pytest.fixture
def opened(screen: Screen, lot_id: LotId) -> Iterator[Screen]:
    screen.open(lot_id)
    return screen


def words(screen: Screen) -> str:
    return screen.view.viewer.reference._words.text()


def rest(screen: Screen) -> None:
    """Until the keys have rested, and what they did is loaded."""
    screen.qtbot.waitUntil(lambda: screen.presenter.state.nudge is None, timeout=10_000)
    screen.settle()


def shift_of(screen: Screen, name: str = "a_test.png") -> tuple[float, float] | None:
    return screen.stored()[name].choice.shift_xy


def test_the_reference_lies_beside_the_image_as_the_image_sees_it(opened: Screen) -> None:
    pictures, bar = opened.view.viewer.pictures, opened.view.viewer.reference
    assert words(opened) == "dx 4.00 px, dy -3.00 px, confidence 0.93, registered"
    assert pictures.right.reference.isVisible()
    assert not pictures.right.heat.isVisible()
    shown = pictures.right.reference.image[8:-8, 8:-8].astype(int)
    assert np.abs(shown - pictures.left.image.image[8:-8, 8:-8]).mean() < 3
    opened.press(K.Key_R)
    assert pictures.right.heat.isVisible()
    assert not pictures.right.reference.isVisible()
    opened.press(K.Key_Right, K.Key_Right)
    opened.settle()
    assert opened.name == "c.png"
    assert not bar.isVisible()


def test_b_blinks_the_reference_without_overlays_while_it_is_held(opened: Screen) -> None:
    left = opened.view.viewer.pictures.left
    where = left.viewRange()
    QTest.keyPress(opened.window.focusWidget(), K.Key_B)
    assert left.reference.isVisible()
    assert not left.heat.isVisible()
    QTest.keyRelease(opened.window.focusWidget(), K.Key_B)
    assert not left.reference.isVisible()
    assert left.heat.isVisible()
    assert left.viewRange() == where


def test_the_difference_takes_the_residuals_place_and_colours(opened: Screen) -> None:
    pictures = opened.view.viewer.pictures
    residual = pictures.left.heat.image.copy()
    opened.press(K.Key_I)
    opened.settle()
    assert not np.array_equal(pictures.left.heat.image, residual)
    assert pictures.color_bar.numbers()[-1] == DIFFERENCE_RANGE[1]
    opened.view.viewer.pictures.cursor_moved.emit(40.0, 40.0)
    assert "difference" in opened.view.viewer._readout.text()
    opened.press(K.Key_I)
    opened.settle()
    assert np.array_equal(pictures.left.heat.image, residual)
    assert pictures.color_bar.numbers()[-1] == 1.0


def test_a_burst_of_keys_moves_the_reference_and_is_one_action_of_the_history(opened: Screen) -> None:
    opened.press(K.Key_Right, K.Key_Right, modifier=ALT)
    opened.press(K.Key_Up, modifier=ALT | SHIFT)
    assert words(opened) == "dx 6.00 px, dy -3.25 px, by hand, not compared yet (Ctrl+R)"
    assert opened.view.viewer.pictures.left.reference.pos().x() == 2.0
    assert shift_of(opened) is None
    rest(opened)
    assert shift_of(opened) == (6.0, -3.25)
    assert opened.view.viewer.pictures.left.reference.pos().x() == 0.0  # it was warped anew
    opened.undo()
    rest(opened)
    assert shift_of(opened) is None
    assert words(opened).endswith("registered")


def test_what_was_moved_is_kept_before_the_next_image_is_shown(opened: Screen) -> None:
    opened.press(K.Key_Left, modifier=ALT)
    opened.press(K.Key_Right)
    assert opened.name == "b_test.png"
    assert shift_of(opened) == (3.0, -3.0)
    assert shift_of(opened, "b_test.png") is None


def test_undo_goes_to_the_image_whose_reference_it_moves_back(opened: Screen) -> None:
    opened.press(K.Key_Left, modifier=ALT)
    opened.press(K.Key_Right, K.Key_Right)
    assert opened.name == "c.png"
    opened.undo()
    rest(opened)
    assert (opened.name, shift_of(opened)) == ("a_test.png", None)


def test_a_reference_that_was_moved_elsewhere_meanwhile_is_a_sentence(opened: Screen, lot_id: LotId) -> None:
    place_on_reference(opened.workspace, lot_id, opened.current, (9.0, 9.0))
    opened.press(K.Key_Left, modifier=ALT)
    rest(opened)
    assert ["otherwise since" in error.message for error in opened.errors] == [True]
    assert shift_of(opened) == (9.0, 9.0)
    assert words(opened).endswith("registered")  # the nudge is off the screen again


def test_reset_goes_back_to_the_registration(opened: Screen) -> None:
    opened.press(K.Key_Down, modifier=ALT)
    rest(opened)
    opened.press(K.Key_Home, modifier=ALT)
    rest(opened)
    assert shift_of(opened) is None
    assert words(opened).endswith("registered")
    assert opened.workspace.history.verify_audit().ok


def test_a_result_by_hand_waits_to_be_registered_again_after_a_reset(screen: Screen, lot_id: LotId) -> None:
    measure(screen.workspace, lot_id, replace(FOUND, is_by_hand=True))
    screen.open(lot_id)
    assert words(screen) == "dx 4.00 px, dy -3.00 px, by hand; Ctrl+R registers it again"


def test_the_buttons_move_by_a_pixel_and_with_shift_by_a_quarter(opened: Screen) -> None:
    arrows = {button.text(): button for button in opened.view.viewer.reference.findChildren(QToolButton)}
    opened.qtbot.mouseClick(arrows["→"], Qt.MouseButton.LeftButton)
    opened.qtbot.mouseClick(arrows["↑"], Qt.MouseButton.LeftButton, SHIFT)
    rest(opened)
    assert shift_of(opened) == (5.0, -3.25)


def test_the_bars_of_a_reference_leave_room_on_a_small_screen(opened: Screen) -> None:
    assert opened.view.viewer.reference.isVisible()
    assert opened.view.viewer.minimumSizeHint().width() <= 470


def test_compare_again_asks_for_the_images_that_have_a_reference(opened: Screen, qtbot: QtBot) -> None:
    first = opened.current.image_id
    opened.press(K.Key_Right, modifier=ALT)
    with qtbot.waitSignal(opened.presenter.nudging.compare_requested) as asked:
        opened.press(K.Key_R, modifier=CTRL)
    assert asked.args == [opened.presenter.state.lot_id, {first}]
    assert shift_of(opened) == (5.0, -3.0)
    opened.press(K.Key_Right, K.Key_Right)
    with qtbot.assertNotEmitted(opened.presenter.nudging.compare_requested):
        opened.press(K.Key_R, modifier=CTRL)


def test_an_image_without_a_reference_has_nothing_to_move(opened: Screen) -> None:
    opened.press(K.Key_Right, K.Key_Right)
    opened.press(K.Key_Right, modifier=ALT)
    assert opened.presenter.state.nudge is None
    assert shift_of(opened, "c.png") is None


def test_a_reference_chosen_for_the_lot_is_shown_at_once(opened: Screen, folder: Path) -> None:
    opened.press(K.Key_Right, K.Key_Right)
    made = choose_references(
        opened.workspace, opened.presenter.state.lot_id or LotId(0), folder / "a_temp.png", JobContext()
    )
    opened.events.changed.emit(made, None)
    opened.settle()
    assert (opened.name, words(opened)) == ("c.png", "Reference not compared yet (Ctrl+R)")
    right = opened.view.viewer.pictures.right
    assert right.reference.isVisible()
    assert right._caption.text() == "Reference, as it is"


def test_a_reference_that_is_gone_leaves_the_residual(screen: Screen, lot_id: LotId, folder: Path) -> None:
    (folder / "a_temp.png").unlink()
    screen.open(lot_id)
    assert screen.view.viewer.pictures.right.heat.isVisible()
    assert not screen.view.viewer.pictures.right.reference.isVisible()


def item_with(alignment: Alignment | None) -> ReviewItem:
    record = ImageRecord(Path("/a.png"), "a.png", 0, "", (9, 9), 8, 9, reference=Path("/ref.png"))
    is_by_hand = alignment is not None and alignment.is_by_hand
    choice = ReferenceChoice(None, (1, 2)) if is_by_hand else AS_GIVEN
    found = Detection("a.png", 0.5, 0.1, ModelVerdict.OK, reference="/ref.png", alignment=alignment)
    return ReviewItem(ImageId(1), record, found, RunId(1), choice=choice)


@pytest.mark.parametrize(
    ("alignment", "expected", "is_problem"),
    [
        (
            Alignment(1, 2, 0.9, 0.89),
            "dx 1.00 px, dy 2.00 px, confidence 0.90, registered; ambiguous: the layout repeats",
            True,
        ),
        (
            Alignment(1, 2, 0.8, 0.0, angle_deg=-0.3, scale=1.01),
            "dx 1.00 px, dy 2.00 px, turned -0.30°, scale 1.010, confidence 0.80, registered",
            False,
        ),
        (
            Alignment(1, 2, 0.8, 0.0, is_by_hand=True),
            "dx 1.00 px, dy 2.00 px, confidence 0.80, by hand",
            False,
        ),
        (
            Alignment(0, 0, 0.1, 0.0, is_trusted=False, reason="The reference is blank."),
            "Reference not used: The reference is blank.",
            True,
        ),
        (None, "Reference not compared yet (Ctrl+R)", False),
    ],
)
def test_the_readout_says_how_the_image_lies_or_why_not(
    alignment: Alignment | None, expected: str, is_problem: bool
) -> None:
    item = item_with(alignment)
    placed = item.placement
    assert alignment_text(item, (placed.dx, placed.dy)) == (expected, is_problem)
