from datetime import UTC, datetime

import pytest

from core.domain.decisions import UNDECIDED, Judgement, Killer, Verdict
from core.domain.errors import UserError
from core.domain.lots import Lot
from core.domain.recipes import Recipe
from core.domain.review import Action, ChangeSet, JudgementChange

REAL = Judgement(Verdict.REAL, killer=Killer.YES, note="µ-bridge “left”")
FALSE = Judgement(Verdict.FALSE)


def judgements(history, lot_id):
    return [item.judgement for item in history.list_items(lot_id)]


def titles(history, lot_id=None):
    nexts = (history.next_undo(lot_id), history.next_redo(lot_id))
    return tuple(None if action is None else action.title for action in nexts)


def test_a_decision_is_stored_with_its_author_and_evidence(history, lot_id, image_ids, change, detection):
    run_id = history.start_run(lot_id, recipe=Recipe(), model_id="m", model_sha256="e" * 64, device="cpu")
    history.save_detections(run_id, [(image_ids[0], detection("x"), "", "")])
    done = [change(image_ids[0], REAL), change(image_ids[1], FALSE)]
    assert history.apply("Judge 2", done) == ChangeSet("Judge 2", tuple(done))

    shown, unseen = history.decisions(lot_id)
    assert (shown.image_id, shown.before, shown.after) == (image_ids[0], UNDECIDED, REAL)
    assert (shown.reviewer, shown.app_version, shown.undo_of) == ("mei", "0.1.0", None)
    assert abs((datetime.now(UTC) - shown.decided_at_utc).total_seconds()) < 60
    assert (shown.recipe_sha256, shown.model_sha256) == (Recipe().sha256, "e" * 64)
    assert (unseen.recipe_sha256, unseen.model_sha256) == ("", "")
    assert judgements(history, lot_id)[:3] == [REAL, FALSE, UNDECIDED]


def test_a_stale_view_is_refused_whole(history, lot_id, image_ids, change):
    history.apply("Real", [change(image_ids[1], REAL)])
    with pytest.raises(UserError, match="not saved"):
        history.apply("Two", [change(image_ids[0], FALSE), change(image_ids[1], FALSE)])
    assert judgements(history, lot_id)[:2] == [UNDECIDED, REAL]
    assert len(history.decisions(lot_id)) == 1


def test_a_stale_view_is_refused_even_when_it_changes_nothing(history, image_ids, change):
    history.apply("Real", [change(image_ids[0], REAL)])
    with pytest.raises(UserError, match="not saved"):
        history.apply("False", [change(image_ids[0], FALSE, before=FALSE)])


def test_what_changes_nothing_leaves_no_row_and_no_undo(history, lot_id, image_ids, change):
    assert history.apply("Nothing", [change(image_ids[0], UNDECIDED)]) == ChangeSet("Nothing", ())
    assert history.apply("Empty", []) == ChangeSet("Empty", ())
    assert history.decisions(lot_id) == ()
    assert history.next_undo() is None


def test_two_changes_of_one_image_follow_each_other(history, lot_id, image_ids, change):
    done = [change(image_ids[0], REAL), change(image_ids[0], FALSE, before=REAL)]
    history.apply("Twice", done)
    assert judgements(history, lot_id)[0] == FALSE
    assert history.undo().changes == (done[1].inverse(), done[0].inverse())
    assert judgements(history, lot_id)[0] == UNDECIDED


def test_undo_and_redo_are_rows_too(history, lot_id, image_ids, change):
    done = [change(image_ids[0], REAL), change(image_ids[1], FALSE)]
    history.apply("Judge 2", done)
    assert titles(history) == ("Judge 2", None)

    undone = history.undo()
    assert undone == ChangeSet("Judge 2", (done[1].inverse(), done[0].inverse()))
    assert titles(history) == (None, "Judge 2")

    assert history.redo() == ChangeSet("Judge 2", tuple(done))
    assert judgements(history, lot_id)[:2] == [REAL, FALSE]
    first, second, *taken_back, _, _ = history.decisions(lot_id)
    assert [decision.undo_of for decision in taken_back] == [second.id, first.id]
    assert len(history.decisions(lot_id)) == 6


def test_a_new_action_clears_redo(history, image_ids, change):
    history.apply("First", [change(image_ids[0], REAL)])
    history.undo()
    history.apply("Second", [change(image_ids[1], REAL)])
    assert history.redo() is None
    assert history.undo().title == "Second"
    assert history.undo() is None
    assert history.next_redo().title == "Second"


@pytest.fixture
def two_lots(history, lot, record):
    """Ids of two lots, and of one image of each."""
    other = Lot("W08", lot.root / "other", lot.root, (record("z.tif"),))
    lot_ids = [history.add_lot(lot), history.add_lot(other)]
    return lot_ids, [history.list_items(lot_id)[0].image_id for lot_id in lot_ids]


def test_each_lot_has_its_own_undo(history, change, two_lots):
    (first, second), (one, two) = two_lots
    history.apply("First", [change(one, REAL)])
    history.apply("Second", [change(two, REAL)])
    assert history.undo(first).changes == (change(one, REAL).inverse(),)
    assert (titles(history, first), titles(history, second)) == ((None, "First"), ("Second", None))
    assert history.next_undo() == Action("Second", second)
    assert history.undo(first) is None
    history.apply("Third", [change(two, FALSE, before=REAL)])
    assert history.redo(first).title == "First"  # what is done in one lot leaves the other's redo alone
    assert judgements(history, second) == [FALSE]


def test_without_a_lot_redo_brings_back_what_was_undone_last(history, change, two_lots):
    (first, second), (one, two) = two_lots
    history.apply("First", [change(one, REAL)])
    history.apply("Second", [change(two, REAL)])
    history.undo(first)
    history.undo(second)
    assert [history.redo().title, history.redo().title, history.redo()] == ["Second", "First", None]


def test_an_action_is_on_images_of_one_lot(history, change, two_lots):
    _, image_ids = two_lots
    with pytest.raises(ValueError, match="one lot"):
        history.apply("Both", [change(image_id, REAL) for image_id in image_ids])
    assert history.next_undo() is None


def test_undo_goes_on_after_a_restart(open_history, lot, change):
    with open_history() as history:
        lot_id = history.add_lot(lot)
        image_id = history.list_items(lot_id)[0].image_id
        history.apply("First", [change(image_id, REAL)])
        history.apply("Second", [change(image_id, FALSE, before=REAL)])
        history.undo()
    with open_history() as history:
        assert titles(history) == ("First", "Second")
        assert history.redo().title == "Second"
        assert judgements(history, lot_id)[0] == FALSE


def test_a_bulk_action_of_many_images_is_one_undo(history, record, lot):
    images = tuple(record(f"{number}.tif") for number in range(3000))
    lot_id = history.add_lot(type(lot)("big", lot.root / "big", lot.root, images))
    items = history.list_items(lot_id)
    history.apply("All", [JudgementChange(item.image_id, UNDECIDED, REAL) for item in items])
    assert set(judgements(history, lot_id)) == {REAL}
    history.undo()
    assert set(judgements(history, lot_id)) == {UNDECIDED}
    assert history.verify_audit().ok


def test_an_image_tells_its_own_decisions(history, lot_id, image_ids, change):
    history.apply("Real", [change(image_ids[0], REAL)])
    history.apply("False", [change(image_ids[1], FALSE)])
    history.undo()
    assert [decision.after for decision in history.image_decisions(image_ids[0])] == [REAL]
    assert [decision.after for decision in history.image_decisions(image_ids[1])] == [FALSE, UNDECIDED]
