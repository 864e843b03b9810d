import json

import numpy as np
import pytest
import timm
from safetensors.torch import save_file

from core.cli.main import main
from core.discovery.embedding import EmbeddingOptions, load_embedder
from core.discovery.embedding.smg_vit import SMGViT, SMGViTSpec
from core.discovery.embedding.weights import EmbeddingCard, write_embedding
from core.domain.errors import JobCancelled, UserError
from core.jobs import JobContext
from core.services.training.embedding import train_default_embedding
from core.services.training.embedding_plan import EmbeddingPlan, fields_of_embedding
from core.services.training.fine_tuning import FineTuning, fine_tune_embedder
from tests.core.discovery.embedding.crops import make_crop

TINY = SMGViTSpec(side=32, stem=8, dim=16, trunk_blocks=(1, 1), blocks=2, heads=2)
PLAN = EmbeddingPlan(images=8, image_side=96, window=40, steps=2, batch=4, start_from="", measured=24)


def no_check() -> None:
    return


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    out = tmp_path_factory.mktemp("embedding")
    return train_default_embedding(PLAN, out, "cpu", JobContext(), TINY)


def test_the_result_embeds_and_says_how_it_was_made(trained):
    path, measured = trained
    embedder = load_embedder(EmbeddingOptions(method="smg_vit", weights=str(path)), "cpu")
    assert embedder.embed([make_crop(50, 1), make_crop(90, 2)], no_check).shape == (2, 48)
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["training"]["seed"] == PLAN.seed
    assert card["training"]["images"] == 8
    assert card["measured"].keys() == measured.keys()
    assert {name.split()[0] for name in measured} == {"trained", "raw", "untrained"}


def test_a_folder_of_another_plan_is_refused(trained):
    path, _ = trained
    other = EmbeddingPlan(images=8, image_side=96, window=40, steps=3, batch=4, start_from="", measured=24)
    with pytest.raises(UserError, match=r"steps 2 \(now 3\)"):
        train_default_embedding(other, path.parent, "cpu", JobContext(), TINY)


def test_what_is_measured_does_not_decide_the_outcome():
    more = EmbeddingPlan(start_from="", measured=9)
    assert fields_of_embedding(more, TINY) == fields_of_embedding(EmbeddingPlan(start_from=""), TINY)
    assert "start_from_sha256" in fields_of_embedding(more, TINY)


@pytest.fixture
def start(tmp_path):
    path = tmp_path / "start.safetensors"
    write_embedding(path, SMGViT(TINY), EmbeddingCard(model_id="tiny", network=TINY))
    return EmbeddingOptions(method="smg_vit", weights=str(path))


CROPS = [make_crop(40 + seed, seed) for seed in range(16)]
NAMES = ["disc" if seed < 6 else None for seed in range(16)]
FITTING = FineTuning(steps=3, batch=4)


def test_an_embedding_is_fitted_to_a_lot(start, tmp_path):
    out = fine_tune_embedder(CROPS, NAMES, start, tmp_path / "lot.safetensors", FITTING, "cpu", JobContext())
    before, after = (
        load_embedder(options, "cpu")
        for options in (start, EmbeddingOptions(method="smg_vit", weights=str(out)))
    )
    assert before.identity != after.identity
    assert not np.allclose(before.embed(CROPS[:2], no_check), after.embed(CROPS[:2], no_check))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("lot")) == [
        "lot.json",
        "lot.safetensors",
    ]


def test_a_vit_of_timms_is_fitted_too(tmp_path):
    file, out = tmp_path / "vit.safetensors", tmp_path / "lot.safetensors"
    save_file(timm.create_model("test_vit", pretrained=False, num_classes=0).state_dict(), file)
    start = EmbeddingOptions(method="smg_vit", backbone="test_vit", weights=str(file), side=60)
    fine_tune_embedder(CROPS, NAMES, start, out, FITTING, "cpu", JobContext())
    fitted = EmbeddingOptions(method="smg_vit", weights=str(out))
    before, after = (load_embedder(options, "cpu").embed(CROPS[:2], no_check) for options in (start, fitted))
    assert before.shape == after.shape == (2, 3 * 64)
    assert not np.allclose(before, after)


class StopAtOnce(JobContext):
    def report(self, done, total, text=""):
        self.token.cancel()


def test_a_stopped_fitting_goes_on_with_the_same_crops_only(start, tmp_path):
    out = tmp_path / "lot.safetensors"
    with pytest.raises(JobCancelled):
        fine_tune_embedder(CROPS, NAMES, start, out, FITTING, "cpu", StopAtOnce())
    with pytest.raises(UserError, match="crops_sha256"):
        fine_tune_embedder(CROPS, [None] * 16, start, out, FITTING, "cpu", JobContext())
    assert fine_tune_embedder(CROPS, NAMES, start, out, FITTING, "cpu", JobContext()) == out


def test_too_few_defects_are_a_sentence(start, tmp_path):
    with pytest.raises(UserError, match="3 defects are too few"):
        fine_tune_embedder(CROPS[:3], NAMES[:3], start, tmp_path / "w", FITTING, "cpu", JobContext())


def test_the_command_measures_what_was_trained(trained, tmp_path, capsys):
    path, _ = trained
    asked = ["train", "embedding", "--out", str(tmp_path), "--measure", str(path), "--measured", "12"]
    assert main(asked) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["neighbours", "nmi"]
    assert {line.split()[0] for line in lines[1:]} == {"trained", "raw", "untrained"}


def test_the_command_says_when_the_weights_are_not_there(tmp_path, capsys):
    missing = str(tmp_path / "no.safetensors")
    assert main(["train", "embedding", "--out", str(tmp_path), "--measure", missing, "--measured", "2"]) == 2
    assert "no.safetensors" in capsys.readouterr().err
