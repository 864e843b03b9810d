"""The whole way: shots to a model, the model through a recipe to maps, masks and classes."""

import csv
import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from core.cli.main import EXIT_NOTHING_DONE, EXIT_OK, main
from core.domain.errors import JobCancelled, UserError
from core.domain.recipes import DetectorOptions
from core.few_shot.card import read_few_shot_card
from core.jobs import JobContext
from core.lots import read_gray
from core.services.detection.detectors import load_detector
from core.services.few_shot.labelled import read_labelled
from core.services.few_shot.plan import FewShotPlan
from core.services.training.few_shot import train_few_shot
from core.services.training.few_shot_cuts import CLASS_WEIGHT, weight_of_head
from core.services.training.few_shot_own import CROSSED
from tests.core.few_shot.conftest import tiny_clip  # noqa: F401 - a fixture
from tests.core.services.few_shot.shots import write_shots

QUICK = {"steps": 40, "batch": 4, "rate": 3e-3}
WITH_CLIP = {"steps": 60, "batch": 256, "rate": 1e-2}


def _train(folder, out, **plan):
    ctx = JobContext()
    return train_few_shot(
        read_labelled(folder, None, None, ctx), out, FewShotPlan(**QUICK | plan), "cpu", ctx
    )


@pytest.fixture(scope="module")
def own(tmp_path_factory, tiny_weights):
    folder = tmp_path_factory.mktemp("own")
    return _train(write_shots(folder / "shots", 5), folder / "m.safetensors", weights=str(tiny_weights))


def _table(path):
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def _measure(made, folder):
    detector = load_detector(made.recipe.detector, "cpu")
    rows = _table(folder / "labels.csv")
    images = [read_gray(folder / "images" / row["image"]) for row in rows]
    return [row["label"] for row in rows], images, detector.score_images(images)


def test_the_own_encoder_finds_and_names_what_it_was_shown(own, tmp_path):
    folder = write_shots(tmp_path / "unseen", 6, seed=9)
    labels, _, maps = _measure(own, folder)
    defective = np.array([label != "normal" for label in labels])
    scores = np.array([one.score for one in maps])
    order = scores[defective][:, None] > scores[~defective][None]
    assert order.mean() > 0.85
    named = np.array([one.guess.name for one in maps])
    assert (named == np.array(labels)).mean() > 0.5  # by an untrained encoder; chance is a third
    inside = [
        one.values[read_gray(folder / "masks" / f"{label}{number % 6}.png") > 0].mean() > one.values.mean()
        for number, (label, one) in enumerate(zip(labels, maps, strict=True))
        if label != "normal"
    ]
    assert np.mean(inside) > 0.8


def test_the_card_says_what_it_is_made_of_and_that_texts_are_off(own):
    card = read_few_shot_card(own.path)
    assert card.kind == "own"
    assert card.classes == ("normal", "disc", "square")
    assert card.text.startswith("off")
    assert own.text == card.text
    assert own.calibrated_on == card.training["calibrated_on"] == CROSSED
    assert 0 < card.calibration.unknown_at <= card.calibration.ng_at < 1
    beside = json.loads(own.path.with_suffix(".json").read_text())
    assert beside["model_id"] == "m"


def test_a_model_without_its_guide_is_refused(own, tmp_path):
    lonely = tmp_path / own.path.name
    lonely.write_bytes(own.path.read_bytes())
    with pytest.raises(UserError, match=r"needs m\.guide\.safetensors beside it"):
        load_detector(DetectorOptions(method="sem_clip", weights=str(lonely)), "cpu")
    (tmp_path / "m.guide.safetensors").write_bytes(b"something else")
    with pytest.raises(UserError, match="not the file"):
        load_detector(DetectorOptions(method="sem_clip", weights=str(lonely)), "cpu")


def test_a_recipe_without_a_model_says_how_to_make_one():
    with pytest.raises(UserError, match="residua train fewshot"):
        load_detector(DetectorOptions(method="sem_clip"), "cpu")


def test_a_stopped_training_goes_on_and_makes_the_same(own, tmp_path, tiny_weights):
    folder = write_shots(tmp_path / "shots", 5)
    out, ctx = tmp_path / "m.safetensors", JobContext()

    class Stopping(JobContext):
        def report(self, done, total, text=""):
            super().report(done, total, text)
            if text.startswith("learning where") and done == 15:
                self.token.cancel()

    labelled = read_labelled(folder, None, None, ctx)
    plan = FewShotPlan(**QUICK, weights=str(tiny_weights))
    with pytest.raises(JobCancelled):
        train_few_shot(labelled, out, plan, "cpu", Stopping())
    with pytest.raises(UserError, match="begun with other settings"):
        train_few_shot(
            labelled, out, FewShotPlan(**QUICK | {"rate": 0.02}, weights=str(tiny_weights)), "cpu", ctx
        )
    train_few_shot(labelled, out, plan, "cpu", ctx)
    first, second = (read_few_shot_card(path).calibration for path in (own.path, out))
    assert first.ng_at == pytest.approx(second.ng_at, abs=1e-3)


def test_one_shot_a_class_is_calibrated_on_augmented_views(tmp_path, tiny_weights):
    made = _train(write_shots(tmp_path / "shots", 1), tmp_path / "one.safetensors", weights=str(tiny_weights))
    assert made.calibrated_on == "augmented shots of the training"


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [(("square", "disc"), "no defect-free images"), (("normal",), "no defects among")],
)
def test_what_cannot_be_learned_from_is_refused(tmp_path, tiny_weights, labels, complaint):
    folder = write_shots(tmp_path / "shots", 2, labels=labels)
    with pytest.raises(UserError, match=complaint):
        _train(folder, tmp_path / "m.safetensors", weights=str(tiny_weights))


def test_clip_learns_through_both_branches_and_reads_texts(tmp_path, tiny_clip):  # noqa: F811 - the fixture
    name, weights = tiny_clip
    shots = write_shots(tmp_path / "shots", 5, labels=("normal", "hole", "square"))
    plan = {**WITH_CLIP, "clip": name, "clip_weights": str(weights)}
    made = _train(shots, tmp_path / "clip.safetensors", **plan)
    assert made.calibrated_on == "held-back shots"
    assert made.text.startswith("on; in the prompt book: normal, hole")
    assert made.path.stat().st_size < 100_000  # CLIP itself is not in it
    labels, images, maps = _measure(made, shots)
    assert [one.values.shape for one in maps] == [image.shape for image in images]
    assert {one.guess.name for one in maps} <= set(labels)
    with pytest.raises(UserError, match="does not hold its CLIP"):
        load_detector(DetectorOptions(method="sem_clip", weights=str(made.path)), "cpu")
    other = tmp_path / "other.safetensors"
    save_file({"other": torch.zeros(1)}, other)
    options = DetectorOptions(method="sem_clip", weights=str(made.path), backbone_weights=str(other))
    with pytest.raises(UserError, match="is not the CLIP"):
        load_detector(options, "cpu")


def test_the_command_trains_and_its_recipe_detects_with_classes(tmp_path, tiny_weights, capsys):
    shots, model = write_shots(tmp_path / "shots", 2), tmp_path / "models" / "stripes.safetensors"
    arguments = ["train", "fewshot", str(shots), "--out", str(model), "--weights", str(tiny_weights)]
    arguments += ["--steps", "6", "--batch", "2", "--device", "cpu"]
    assert main(arguments) == EXIT_OK
    said = capsys.readouterr().out
    assert "learned from 2 normal" in said
    assert "texts: off" in said
    recipe = tmp_path / "own.json"
    recipe.write_text(said[said.index("{") :])
    out = tmp_path / "out"
    assert main(["detect", str(shots / "images"), "--out", str(out), "--recipe", str(recipe)]) == EXIT_OK
    rows = _table(out / "detections.csv")
    assert {row["class_name"] for row in rows} <= {"normal", "disc", "square"}
    assert all(0 < float(row["class_confidence"]) <= 1 for row in rows)


def test_the_command_without_masks_or_clip_weights_says_so(tmp_path, capsys):
    shots = write_shots(tmp_path / "shots", 1)
    arguments = ["train", "fewshot", str(shots), "--out", str(tmp_path / "m.safetensors")]
    assert main([*arguments, "--clip", "ViT-B-32"]) == EXIT_NOTHING_DONE
    assert "--clip-weights" in capsys.readouterr().err
    for mask in (shots / "masks").iterdir():
        mask.unlink()
    assert main(arguments) == EXIT_NOTHING_DONE
    assert "has a mask" in capsys.readouterr().err


@pytest.mark.parametrize(("expected", "share"), [(0.1, 0), (0.25, 0), (0.625, 0.5), (1.0, 1)])
def test_a_head_has_as_much_say_as_it_is_better_than_chance(expected: float, share: float) -> None:
    assert weight_of_head(expected, classes=4) == pytest.approx(share * CLASS_WEIGHT)
