"""What a second call of a training finds in the folder of the first."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from torch import nn
from torch.optim import AdamW

from core.domain.errors import JobCancelled, UserError
from core.jobs import JobContext
from core.networks.training.checkpoint import save_checkpoint
from core.services.training.corpus import CorpusPlan, render_corpus
from core.services.training.default import train_default
from core.services.training.plan import TrainingPlan, fields_of_head, fields_of_matching

CORPUS = CorpusPlan(count=2, side=64, seed=5, families=("lines_spaces",), kinds=("particle",))
PLAN = TrainingPlan(backbone="residua_test", images=4, matching_steps=2, head_steps=2)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    render_corpus(CORPUS, folder, JobContext())
    return folder


def keep_checkpoint(path, plan):
    module = nn.Linear(1, 1)
    save_checkpoint(path, module, AdamW(module.parameters()), step=1, seconds=1.0, plan=plan)
    return path.read_bytes()


def test_images_of_the_same_plan_are_not_rendered_again(rendered):
    before = (rendered / "images.npy").read_bytes()
    render_corpus(CORPUS, rendered, JobContext())
    assert (rendered / "images.npy").read_bytes() == before
    record = json.loads((rendered / "rendered.json").read_text())
    assert record == {"done": 2, "plan": json.loads(json.dumps(asdict(CORPUS)))}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"count": 9}, r"count 2 \(now 9\)"),
        ({"seed": 6}, r"seed 5 \(now 6\)"),
        ({"kinds": None}, r"kinds 1 names \(now none\)"),
    ],
)
def test_images_of_another_plan_are_refused_and_stay(rendered, change, said):
    before = (rendered / "images.npy").read_bytes()
    with pytest.raises(UserError, match=said):
        render_corpus(replace(CORPUS, **change), rendered, JobContext())
    assert (rendered / "images.npy").read_bytes() == before


def test_images_that_nobody_knows_the_plan_of_are_refused(tmp_path):
    np.save(tmp_path / "images.npy", np.zeros((2, 64, 64), np.uint8))
    (tmp_path / "rendered.txt").write_text("2")
    with pytest.raises(UserError, match="does not say what it was begun with"):
        render_corpus(CORPUS, tmp_path, JobContext())


def test_a_damaged_record_is_a_sentence(tmp_path):
    (tmp_path / "rendered.json").write_text("{")
    with pytest.raises(UserError, match=r"rendered\.json is damaged"):
        render_corpus(CORPUS, tmp_path, JobContext())


def test_a_folder_in_which_nothing_was_rendered_takes_any_plan(tmp_path):
    (tmp_path / "rendered.json").write_text(json.dumps({"done": 0, "plan": {"count": 3}}))
    stopped = JobContext()
    stopped.token.cancel()
    with pytest.raises(JobCancelled):
        render_corpus(CORPUS, tmp_path, stopped)
    assert json.loads((tmp_path / "rendered.json").read_text())["plan"]["count"] == 2


def test_weights_to_start_from_are_not_ignored_for_a_checkpoint_of_another_start(tmp_path, tiny_weights):
    kept = keep_checkpoint(tmp_path / "phase1.safetensors", fields_of_matching(PLAN, {}))
    with pytest.raises(UserError, match=r"start_from_sha256 none \(now [0-9a-f]{64}\)"):
        train_default(replace(PLAN, start_from=str(tiny_weights)), tmp_path, "cpu", JobContext())
    assert (tmp_path / "phase1.safetensors").read_bytes() == kept
    assert not (tmp_path / "corpus").exists()


def test_another_rate_is_refused_before_anything_is_rendered(tmp_path):
    keep_checkpoint(tmp_path / "phase1.safetensors", fields_of_matching(PLAN, {}))
    with pytest.raises(UserError, match=r"rate 0\.002 \(now 0\.001\)"):
        train_default(replace(PLAN, rate=0.001), tmp_path, "cpu", JobContext())
    assert not (tmp_path / "corpus").exists()


def test_a_head_is_gone_on_with_as_it_was_begun(tmp_path):
    keep_checkpoint(tmp_path / "phase2.safetensors", fields_of_head(PLAN, fields_of_matching(PLAN, {})))
    with pytest.raises(UserError, match="phase2"):
        train_default(replace(PLAN, head_steps=3), tmp_path, "cpu", JobContext())


def test_what_a_phase_does_not_depend_on_may_change():
    assert fields_of_matching(PLAN, {}) == fields_of_matching(replace(PLAN, head_steps=9), {})
    fewer = replace(PLAN, calibration_images=3)
    assert fields_of_head(PLAN, {}) == fields_of_head(fewer, {})
