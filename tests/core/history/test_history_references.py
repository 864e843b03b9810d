from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.alignment import Alignment
from core.domain.errors import UserError
from core.domain.recipes import Recipe
from core.domain.references import AS_GIVEN, ReferenceChange, ReferenceChoice
from core.domain.review import Action, Subject

GOLDEN = ReferenceChoice("/ref/golden.png")
MOVED = ReferenceChoice(None, (-23.25, 4.5))
NONE = ReferenceChoice("")


def choices(history, lot_id):
    return [item.choice for item in history.list_items(lot_id)]


def choose(history, lot_id, image_ids, after, before=AS_GIVEN, title="Golden image: 2 images"):
    changes = [ReferenceChange(image_id, before, after) for image_id in image_ids]
    return history.choose_references(title, lot_id, changes)


def test_a_chosen_reference_is_in_force_until_it_is_undone(history, lot, lot_id, image_ids):
    made = choose(history, lot_id, image_ids[:2], GOLDEN)
    assert (made.edited, made.referred) == ({Subject.REFERENCE}, tuple(image_ids[:2]))
    items = history.list_items(lot_id)
    assert [item.reference for item in items[:3]] == [Path("/ref/golden.png")] * 2 + [None]
    assert history.next_undo(lot_id) == Action("Golden image: 2 images", lot_id)
    undone = history.undo(lot_id)
    assert undone.referred == tuple(image_ids[:2])
    assert choices(history, lot_id)[:2] == [AS_GIVEN, AS_GIVEN]
    assert history.redo(lot_id).referred == undone.referred
    assert choices(history, lot_id)[:2] == [GOLDEN, GOLDEN]


def test_a_shift_by_hand_comes_back_exactly_and_stands_in_the_audit(history, lot_id, image_ids):
    choose(history, lot_id, image_ids[:1], MOVED)
    choose(history, lot_id, image_ids[:1], replace(MOVED, shift_xy=(0.1 + 0.2, 0.0)), MOVED)
    assert choices(history, lot_id)[0].shift_xy == (0.1 + 0.2, 0.0)
    history.undo(lot_id)
    assert choices(history, lot_id)[0] == MOVED
    assert history.verify_audit().ok


def test_a_reference_that_the_lot_gives_can_be_left_out(history, lot, lot_id, image_ids):
    given = replace(lot.images[0], reference=Path("/ref/a.png"))
    history.add_lot(replace(lot, images=(given, *lot.images[1:])))
    choose(history, lot_id, image_ids[:1], NONE)
    history.add_lot(replace(lot, images=(given, *lot.images[1:])))  # opened again: the choice stays
    assert history.list_items(lot_id)[0].reference is None
    history.undo(lot_id)
    assert history.list_items(lot_id)[0].reference == Path("/ref/a.png")


def test_a_change_from_what_is_no_longer_so_saves_nothing(history, lot_id, image_ids):
    choose(history, lot_id, image_ids[:1], MOVED)
    with pytest.raises(UserError, match="otherwise since"):
        choose(history, lot_id, image_ids[:2], GOLDEN)
    assert choices(history, lot_id)[:2] == [MOVED, AS_GIVEN]


def test_a_change_of_nothing_leaves_no_trace(history, lot_id, image_ids):
    assert choose(history, lot_id, image_ids, AS_GIVEN).edited == frozenset()
    assert history.next_undo(lot_id) is None


def test_an_alignment_counts_only_for_the_reference_in_force(history, lot, lot_id, image_ids, detection):
    choose(history, lot_id, image_ids[:1], GOLDEN)
    run_id = history.start_run(lot_id, recipe=Recipe(), model_id="m", model_sha256="e" * 64, device="cpu")
    found = replace(
        detection(lot.images[0].name), reference="/ref/golden.png", alignment=Alignment(1.0, 2.0, 0.9, 0.1)
    )
    history.save_detections(run_id, [(image_ids[0], found, "", "")])
    assert history.list_items(lot_id)[0].alignment == found.alignment
    choose(history, lot_id, image_ids[:1], ReferenceChoice("/ref/other.png"), GOLDEN)
    assert history.list_items(lot_id)[0].alignment is None
