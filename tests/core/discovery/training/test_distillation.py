import numpy as np
import pytest
import torch

from core.discovery.embedding.smg_vit import SMGViT, SMGViTSpec
from core.discovery.training.distillation import TeacherAndStudent, train_embedding
from core.discovery.training.start import freeze_all_but_tail, new_network, start_from_encoder
from core.discovery.training.windows import UNKNOWN, ViewSampler, WindowSet
from core.domain.errors import JobCancelled, UserError
from core.jobs import JobContext
from core.networks.backbone.frozen import FrozenBackbone
from core.networks.training.loop import Schedule

TINY = SMGViTSpec(side=32, stem=8, dim=16, trunk_blocks=(1, 2), blocks=2, heads=2)


@pytest.fixture(scope="module")
def windows():
    """Two kinds: a disc and a bar, each on two layouts."""
    rng = np.random.default_rng(0)
    kinds, layouts = np.arange(24) % 2, np.arange(24) // 2 % 2
    shown = rng.integers(60, 120, (24, 2, 40, 40)).astype(np.uint8)
    shown[:, 1] = 0
    y, x = np.ogrid[:40, :40]
    shapes = np.hypot(y - 20, x - 20) < 5, (abs(y - 20) < 2) & (abs(x - 20) < 12)
    for index, kind in enumerate(kinds):
        shown[index, 0][shapes[kind]] = 230
        shown[index, 1][shapes[kind]] = 255
    return WindowSet(shown, kinds.astype(np.int64), layouts.astype(np.int64))


def run(windows, folder, steps, ctx=None, state=None):
    state = state or TeacherAndStudent(new_network(TINY, 1, None), kinds=2, seed=1)
    sampler = ViewSampler(windows, side=32, batch=8, seed=1)
    schedule = Schedule(steps, peak=3e-3, warmup=2, plan={"steps": steps})
    cpu = torch.device("cpu")
    train_embedding(
        state, sampler, schedule, device=cpu, checkpoint=folder / "c.safetensors", ctx=ctx or JobContext()
    )
    return state


def test_training_brings_kinds_together_and_the_teacher_follows(windows, tmp_path):
    sampler = ViewSampler(windows, side=32, batch=16, seed=9)
    before = TeacherAndStudent(new_network(TINY, 1, None), kinds=2, seed=1)
    state = run(windows, tmp_path, 60)
    with torch.no_grad():
        learnt, new = (float(each.loss_of(sampler.draw(0), torch.device("cpu"))) for each in (state, before))
    assert learnt < new - 0.2
    first, slow = (next(net.parameters()).detach() for net in (state.student, state.teacher))
    assert not torch.equal(first, slow)
    assert not any(value.requires_grad for value in state.teacher.parameters())


class StopAt(JobContext):
    def __init__(self, step):
        super().__init__()
        self.step = step

    def report(self, done, total, text=""):
        if done == self.step:
            self.token.cancel()


def test_a_stopped_training_ends_as_one_that_was_not(windows, tmp_path):
    for name in ("whole", "stopped"):
        (tmp_path / name).mkdir()
    whole = run(windows, tmp_path / "whole", 6)
    with pytest.raises(JobCancelled):
        run(windows, tmp_path / "stopped", 6, ctx=StopAt(3))
    gone_on = run(windows, tmp_path / "stopped", 6)
    for one, other in zip(whole.teacher.parameters(), gone_on.teacher.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_only_the_tail_learns_in_fine_tuning(windows, tmp_path):
    network = SMGViT(TINY)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    freeze_all_but_tail(network, 1)
    state = run(windows, tmp_path, 4, state=TeacherAndStudent(network, kinds=2, seed=1))
    after = state.student.state_dict()
    changed = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert changed
    assert all(name.startswith(("blocks.1.", "norm.", "describe.")) for name in changed)


def test_named_kinds_come_equally_often_and_unnamed_by_their_number(windows):
    kinds = np.array([0] * 15 + [1] * 3 + [UNKNOWN] * 6)
    sampler = ViewSampler(WindowSet(windows.windows, kinds, windows.layouts), side=32, batch=8, seed=1)
    drawn = torch.cat([sampler.draw(step).kinds[:8] for step in range(30)])
    shares = [float((drawn == kind).float().mean()) for kind in (0, 1, UNKNOWN)]
    assert shares == pytest.approx([0.375, 0.375, 0.25], abs=0.12)


def test_a_batch_keeps_to_a_few_layouts(windows):
    layouts = np.arange(24) % 6
    source = WindowSet(windows.windows, windows.kinds, layouts)
    sampler = ViewSampler(source, side=32, batch=8, seed=1, layouts=2)
    drawn = [set(sampler.draw(step).layouts.tolist()) for step in range(6)]
    assert all(len(batch) <= 2 for batch in drawn)
    assert len(set.union(*drawn)) > 2


def test_a_trunk_begins_as_the_encoder():
    backbone = FrozenBackbone("residua_test")
    network = new_network(TINY, 1, backbone)
    torch.testing.assert_close(network.stem.weight[:, :1], backbone.model.stem.weight[:, :1])
    torch.testing.assert_close(network.coarse[1].expand.weight, backbone.model.stages[1][1].expand.weight)


def test_an_encoder_that_does_not_fit_is_refused():
    with pytest.raises(UserError, match="cannot begin"):
        start_from_encoder(SMGViT(TINY), FrozenBackbone("residua_s"))
