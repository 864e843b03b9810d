"""A training goes on as it was begun, or not at all."""

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.optim import AdamW

from core.domain.errors import UserError
from core.jobs import JobContext
from core.networks.training.checkpoint import load_checkpoint, refuse_other_checkpoint, save_checkpoint
from core.networks.training.loop import Schedule, train
from core.networks.training.plan import refuse_other_plan

PLAN = {"rate": 0.002, "steps": 3, "kinds": ("bridge", "open")}


@pytest.fixture
def module():
    return nn.Linear(2, 1)


def train_under(plan, module, checkpoint):
    def loss_of(batch, _step):
        return module(batch).square().mean()

    schedule = Schedule(3, warmup=1, plan=plan)
    return train(
        module,
        module.parameters(),
        lambda step: torch.full((4, 2), float(step)),
        loss_of,
        schedule,
        checkpoint=checkpoint,
        ctx=JobContext(),
        title="test",
    )


def test_the_same_plan_goes_on(module, tmp_path):
    train_under(PLAN, module, tmp_path / "phase.safetensors")
    train_under(dict(PLAN), module, tmp_path / "phase.safetensors")
    assert load_checkpoint(tmp_path / "phase.safetensors", module, AdamW(module.parameters()), PLAN)[0] == 3


def test_another_plan_is_refused_field_by_field_and_leaves_the_checkpoint(module, tmp_path):
    checkpoint = tmp_path / "phase.safetensors"
    train_under(PLAN, module, checkpoint)
    before = checkpoint.read_bytes()
    asked = {"rate": 0.0012, "steps": 3, "kinds": ("bridge",), "start": "ab12"}
    with pytest.raises(UserError) as caught:
        train_under(asked, module, checkpoint)
    assert caught.value.message == (
        f"{checkpoint} was begun with other settings: "
        "rate 0.002 (now 0.0012), kinds 2 names (now 1 names), start none (now ab12)."
    )
    assert "another --out folder" in caught.value.hint
    assert checkpoint.read_bytes() == before


def test_a_checkpoint_that_keeps_no_plan_is_refused(module, tmp_path):
    checkpoint = tmp_path / "phase.safetensors"
    train_under(PLAN, module, checkpoint)
    save_file(load_file(checkpoint), checkpoint, {"progress": '{"step": 3, "seconds": 1}'})
    with pytest.raises(UserError, match="does not say what it was begun with"):
        train_under(PLAN, module, checkpoint)


def test_a_damaged_checkpoint_is_a_sentence(tmp_path):
    (tmp_path / "phase.safetensors").write_bytes(b"no tensors")
    with pytest.raises(UserError, match="cannot be read"):
        refuse_other_checkpoint(tmp_path / "phase.safetensors", PLAN)


def test_no_checkpoint_is_as_good_as_one_that_fits(tmp_path):
    refuse_other_checkpoint(tmp_path / "phase.safetensors", PLAN)


def test_a_plan_survives_the_file(module, tmp_path):
    checkpoint = tmp_path / "phase.safetensors"
    plan = {**PLAN, "rate": 0.1 + 0.2}
    save_checkpoint(checkpoint, module, AdamW(module.parameters()), step=0, seconds=0.0, plan=plan)
    refuse_other_checkpoint(checkpoint, plan)
    refuse_other_plan({}, {}, tmp_path)


def test_a_state_that_cannot_be_written_is_a_sentence_and_the_one_before_stays(tmp_path):
    module = nn.Linear(1, 1)
    optimizer = AdamW(module.parameters())
    checkpoint = tmp_path / "phase.safetensors"
    save_checkpoint(checkpoint, module, optimizer, step=1, seconds=1.0, plan=PLAN)
    (tmp_path / "phase.new").mkdir()  # in the way
    with pytest.raises(UserError, match="cannot be written"):
        save_checkpoint(checkpoint, module, optimizer, step=2, seconds=2.0, plan=PLAN)
    assert load_checkpoint(checkpoint, module, optimizer, PLAN) == (1, 1.0)
