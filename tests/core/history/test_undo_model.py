"""Random do, undo, redo and restart against a model that is a list of states."""

import random

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


def take_step(rng, history, model, number):
    kind = rng.choices(["do", "undo", "redo"], [4, 3, 3])[0]
    if kind == "do":
        changes = random_changes(rng, model)
        history.apply(f"Action {number}", changes)
        model.do(f"Action {number}", changes)
        return
    expected = model.undo_title() if kind == "undo" else model.redo_title()
    result = history.undo() if kind == "undo" else history.redo()
    assert (result.title if result else None) == expected
    if result:
        model.at += -1 if kind == "undo" else 1


@pytest.mark.parametrize("seed", [1, 2])
def test_history_agrees_with_the_model(open_history, lot, seed):
    rng = random.Random(seed)
    history = open_history()
    try:
        lot_id = history.add_lot(lot)
        model = Model([item.image_id for item in history.list_items(lot_id)])
        for number in range(STEPS):
            take_step(rng, history, model, number)
            if number % 25 == 0:
                assert {item.image_id: item.judgement for item in history.list_items(lot_id)} == model.state
                assert (history.undo_title, history.redo_title) == (model.undo_title(), model.redo_title())
            if number % 150 == 149:
                history.close()
                history = open_history()
        while (title := model.undo_title()) is not None:
            assert history.undo().title == title
            model.at -= 1
        assert {item.judgement for item in history.list_items(lot_id)} == {UNDECIDED}
        assert history.verify_audit().ok
    finally:
        history.close()
