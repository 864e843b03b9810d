"""References by hand: chosen for a lot, moved for an image, followed by the next comparison."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.domain.errors import UserError
from core.domain.lots import ImageRecord
from core.jobs import JobContext
from core.services.decisions import undo
from core.services.detection.files import detect_files
from core.services.detection.lot import detect_lot
from core.services.lots import list_items, open_lot
from core.services.reference_view import read_reference_view
from core.services.references import choose_references, follow_lot, place_on_reference
from core.synthesis import render_pair

SHIFT = (8, -5)  # right, down


@pytest.fixture(scope="module")
def layout():
    return render_pair(4, family="multilevel_routing", kind=None, size_hw=(192, 192)).reference.image


@pytest.fixture
def lot_folder(tmp_path, layout):
    """Two dies with one site each; the second is shifted and darker."""
    rng = np.random.default_rng(0)
    for die, pixels in (("die_1", layout), ("die_2", np.roll(layout, SHIFT, (1, 0)) * 0.8)):
        noisy = np.clip(pixels + rng.normal(0, 3, layout.shape), 0, 255).astype(np.uint8)
        (tmp_path / "lot" / die).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "lot" / die / "site.png"), noisy)
    return tmp_path / "lot"


@pytest.fixture
def lot_id(workspace, lot_folder):
    return open_lot(workspace, lot_folder, JobContext())


def references_of(workspace, lot_id):
    return {item.record.name: item.reference for item in list_items(workspace, lot_id)}


def second(workspace, lot_id):
    return list_items(workspace, lot_id)[1]


@pytest.mark.parametrize("chosen", ["die_1", "die_1/site.png"])
def test_another_die_of_the_lot_becomes_the_reference_and_is_taken_back(
    workspace, lot_id, lot_folder, chosen
):
    made = choose_references(workspace, lot_id, lot_folder / chosen, JobContext())
    golden = {"die_1/site.png": None, "die_2/site.png": lot_folder / "die_1/site.png"}
    assert references_of(workspace, lot_id) == golden
    assert len(made.referred) == 1
    assert choose_references(workspace, lot_id, lot_folder / chosen, JobContext()).referred == ()
    undo(workspace, lot_id)
    assert set(references_of(workspace, lot_id).values()) == {None}


def test_what_is_no_reference_changes_nothing(workspace, lot_id, tmp_path):
    (tmp_path / "torn.png").write_bytes(b"\x89PNG")
    for source in ("torn.png", "gone.png"):
        with pytest.raises(UserError):
            choose_references(workspace, lot_id, tmp_path / source, JobContext())
    assert set(references_of(workspace, lot_id).values()) == {None}


def test_the_lots_own_references_come_back(workspace, lot_id, lot_folder):
    choose_references(workspace, lot_id, lot_folder / "die_1", JobContext())
    place_on_reference(workspace, lot_id, second(workspace, lot_id), (1.0, 2.0))
    assert len(follow_lot(workspace, lot_id).referred) == 1
    assert set(references_of(workspace, lot_id).values()) == {None}
    undo(workspace, lot_id)
    assert second(workspace, lot_id).choice.shift_xy == (1.0, 2.0)


def test_a_shift_by_hand_is_what_the_next_comparison_follows(workspace, lot_id, lot_folder, recipe):
    choose_references(workspace, lot_id, lot_folder / "die_1", JobContext())
    detect_lot(workspace, lot_id, recipe, "cpu", JobContext())
    found = second(workspace, lot_id).alignment
    assert (found.dx, found.dy) == pytest.approx(SHIFT, abs=0.3)
    place_on_reference(workspace, lot_id, second(workspace, lot_id), (7.5, -5.25))
    waiting = second(workspace, lot_id).placement
    assert (waiting.dx, waiting.dy, waiting.confidence, waiting.is_by_hand) == (7.5, -5.25, 0.0, True)
    first = list_items(workspace, lot_id)[0]
    only = {second(workspace, lot_id).image_id}
    run_id = detect_lot(workspace, lot_id, recipe, "cpu", JobContext(), only)
    compared = second(workspace, lot_id)
    assert (compared.alignment.dx, compared.alignment.dy, compared.alignment.is_by_hand) == (7.5, -5.25, True)
    assert 0.5 < compared.alignment.confidence < found.confidence
    assert compared.placement == compared.alignment
    assert (compared.run_id, list_items(workspace, lot_id)[0].run_id) == (run_id, first.run_id)


def test_detect_with_record_keeps_to_what_was_chosen_and_moved_by_hand(
    workspace, lot_id, lot_folder, recipe, tmp_path
):
    choose_references(workspace, lot_id, lot_folder / "die_1", JobContext())
    place_on_reference(workspace, lot_id, second(workspace, lot_id), (7.5, -5.25))
    detect_files(lot_folder, tmp_path / "out", recipe, "cpu", JobContext(), workspace)
    compared = second(workspace, lot_id).alignment
    assert (compared.dx, compared.dy, compared.is_by_hand) == (7.5, -5.25, True)


def image_of(item):
    assert isinstance(item.record, ImageRecord)
    return cv2.imread(str(item.record.path), cv2.IMREAD_GRAYSCALE)


def test_the_reference_is_shown_where_the_image_has_it_and_as_bright(workspace, lot_id, lot_folder):
    choose_references(workspace, lot_id, lot_folder / "die_1", JobContext())
    place_on_reference(workspace, lot_id, second(workspace, lot_id), SHIFT)
    item = second(workspace, lot_id)
    image = image_of(item)
    view = read_reference_view(item, image, with_difference=True)
    inside = (slice(0, -8), slice(12, None))
    assert np.abs(view.pixels[inside].astype(float) - image[inside]).mean() < 8
    assert not view.pixels[:, :7].any()
    assert view.difference[inside].mean() < 1.5
    assert read_reference_view(item, image, with_difference=False).difference is None


def test_an_unplaced_reference_is_shown_as_it_is_and_without_a_difference(workspace, lot_id, lot_folder):
    choose_references(workspace, lot_id, lot_folder / "die_1", JobContext())
    item = second(workspace, lot_id)
    view = read_reference_view(item, image_of(item), with_difference=True)
    assert view.difference is None
    first = image_of(list_items(workspace, lot_id)[0])
    inside = slice(4, -4), slice(4, -4)
    assert np.corrcoef(view.pixels[inside].ravel(), first[inside].ravel())[0, 1] > 0.999
    assert read_reference_view(list_items(workspace, lot_id)[0], image_of(item), with_difference=True) is None
    Path(item.reference).unlink()
    with pytest.raises(UserError):
        read_reference_view(item, image_of(item), with_difference=False)
