import numpy as np
import pytest
import torch

from core.change.training.pairs import PairSampler, open_pairs
from core.domain.errors import UserError
from core.jobs import JobContext
from core.services.training.lcd import KINDS, UNSEEN_PATTERNS, LcdPlan, members_of, pairs_of, render_lcd
from core.services.training.lcd_networks import LcdRun, read_panel, train_lcd
from core.synthesis.lcd import LINE, PATTERNS

CPU = torch.device("cpu")
PLAN = LcdPlan(
    side=64, train_pairs=16, test_pairs=8, steps=2, tuning_steps=1, crop=64, batch=2, rate=1e-3, seed=2
)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lcd")
    render_lcd(PLAN, folder, JobContext())
    return folder


def test_members_take_turns_and_a_share_is_of_each_kind():
    assert members_of(16, ("line",)) == [0, 4, 8, 12]
    assert members_of(16, ("line", "clean"), 0.5) == [0, 3, 4, 7]
    assert members_of(16, ("points",), 0.01) == [1]


def test_unseen_patterns_are_patterns():
    assert set(UNSEEN_PATTERNS) < set(PATTERNS)


def test_pairs_of_a_kind_show_its_class_alone(rendered):
    for split in ("train", "test"):
        source = open_pairs(rendered / split)
        seen = {int(value) for _, _, truth in pairs_of(source, ("line",)) for value in np.unique(truth)}
        assert LINE in seen
        assert seen <= {0, LINE}
        assert not any(truth.any() for _, _, truth in pairs_of(source, ("clean",)))


def test_batches_are_drawn_from_the_members_and_with_the_classes_that_are_asked_for(rendered):
    source = open_pairs(rendered / "train")
    clean = PairSampler(source, crop=32, batch=4, seed=1, members=members_of(16, ("clean",)))
    tests, _, classes = clean.draw(0)
    assert tests.shape == (4, 3, 32, 32)
    assert not classes.any()
    both = members_of(16, ("points",))
    one, two = (
        PairSampler(source, crop=64, batch=4, seed=1, members=both, classes=classes).draw(0)[2]
        for classes in (1, 2)
    )
    assert set(two.unique().tolist()) <= {0, 2}
    assert torch.equal(one > 0, two > 0)
    assert int(one.max()) == 1


def test_few_labels_go_on_from_another_run_and_a_call_again_trains_nothing(rendered):
    start = LcdRun("points", "intra_class", ("points", "clean"))
    tuned = LcdRun("few", "intra_class", ("line",), share=0.5, start=start)
    first = train_lcd(start, PLAN, rendered, CPU, JobContext()).state_dict()
    later = train_lcd(tuned, PLAN, rendered, CPU, JobContext())
    assert (rendered / "few.checkpoint.safetensors").is_file()
    assert not torch.equal(first["decoder.head.weight"], later.state_dict()["decoder.head.weight"])
    again = train_lcd(tuned, PLAN, rendered, CPU, JobContext())
    assert torch.equal(again.state_dict()["decoder.head.weight"], later.state_dict()["decoder.head.weight"])
    test, reference, _ = next(pairs_of(open_pairs(rendered / "test"), KINDS))
    assert read_panel(later, test, reference).shape == (64, 64)


def test_another_plan_is_refused(rendered):
    with pytest.raises(UserError, match="seed"):
        render_lcd(LcdPlan(side=64, seed=3), rendered, JobContext())
