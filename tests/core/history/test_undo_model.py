"""Random do, undo, redo and restart in two lots against a model of each that is a list of states."""

import random
from dataclasses import replace

import pytest

from core.domain.decisions import UNDECIDED, Judgement, Killer, Verdict
from core.domain.review import JudgementChange

STEPS = 750


class Model:
    """Every state ever reached on the present branch, and where we stand on it."""

    def __init__(self, image_ids):
        self.states = [dict.fromkeys(image_ids, UNDECIDED)]
        self.titles = []
        self.at = 0

    @property
    def state(self):
        return self.states[self.at]

    def do(self, title, changes):
        del self.states[self.at + 1 :], self.titles[self.at :]
        self.states.append(self.state | {change.image_id: change.after for change in changes})
        self.titles.append(title)
        self.at += 1

    @property
    def newest(self):
        """Number of the newest action that stands; -1 for none."""
        return int((self.undo_title() or "Action -1").split()[1])

    def undo_title(self):
        return self.titles[self.at - 1] if self.at else None

    def redo_title(self):
        return self.titles[self.at] if self.at < len(self.titles) else None


def random_changes(rng, model):
    chosen = rng.sample(sorted(model.state), rng.randint(1, 3))
    judgements = (
        Judgement(rng.choice([None, *Verdict]), killer=rng.choice(list(Killer)), note=str(rng.random()))
        for _ in chosen
    )
    return [
        JudgementChange(image_id, model.state[image_id], after)
        for image_id, after in zip(chosen, judgements, strict=True)
    ]


def take_step(rng, history, lot_id, model, number):
    kind = rng.choices(["do", "undo", "redo"], [4, 3, 3])[0]
    if kind == "do":
        changes = random_changes(rng, model)
        history.apply(f"Action {number}", changes)
        model.do(f"Action {number}", changes)
        return
    expected = model.undo_title() if kind == "undo" else model.redo_title()
    result = history.undo(lot_id) if kind == "undo" else history.redo(lot_id)
    assert (result.title if result else None) == expected
    if result:
        model.at += -1 if kind == "undo" else 1


def check(history, lot_id, model):
    assert {item.image_id: item.judgement for item in history.list_items(lot_id)} == model.state
    undo, redo = history.next_undo(lot_id), history.next_redo(lot_id)
    assert (undo and undo.title, redo and redo.title) == (model.undo_title(), model.redo_title())


@pytest.mark.parametrize("seed", [1, 2])
def test_history_agrees_with_one_model_a_lot(open_history, lot, seed):
    rng = random.Random(seed)
    history = open_history()
    try:
        lots = (lot, replace(lot, source=lot.root / "other"))
        models = {}
        for lot_id in [history.add_lot(each) for each in lots]:
            models[lot_id] = Model([item.image_id for item in history.list_items(lot_id)])
        for number in range(STEPS):
            lot_id, model = rng.choice(list(models.items()))
            take_step(rng, history, lot_id, model, number)
            if number % 25 == 0:
                check(history, lot_id, model)
            if number % 150 == 149:
                history.close()
                history = open_history()
        while (taken_back := history.undo()) is not None:  # the newest of any lot
            model = max(models.values(), key=lambda model: model.newest)
            assert taken_back.title == model.undo_title()
            model.at -= 1
        for lot_id in models:
            assert {item.judgement for item in history.list_items(lot_id)} == {UNDECIDED}
        assert history.verify_audit().ok
    finally:
        history.close()
