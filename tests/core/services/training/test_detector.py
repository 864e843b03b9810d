"""A detector of one's own: what it learns from, what it writes, and how it goes on."""

import json
from dataclasses import replace

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import load_file, save_file

from core.detection.ic_defectncd.scoring import residual_map
from core.detection.registry import load_detector
from core.detection.weights import read_card, read_network
from core.domain.errors import JobCancelled, UserError
from core.domain.lots import FailedImage
from core.domain.recipes import DetectorOptions, Recipe, TrainingOptions
from core.jobs import JobContext
from core.lots import read_lot
from core.networks.preprocess import standardise
from core.networks.weights_file import file_sha256
from core.services.training.detector import train_detector
from core.services.training.normal_squares import split_normals
from tests.core.services.own_product import planted, quick_recipe, stripes, write_product


class StopAt(JobContext):
    def __init__(self, step):
        super().__init__()
        self._step = step

    def report(self, done, total, text=""):
        super().report(done, total, text)
        if text.startswith("NI head") and done >= self._step:
            self.token.cancel()


def train(source, out, recipe, ctx=None):
    return train_detector(source, out, recipe, "cpu", ctx or JobContext())


def scores_of(recipe, images):
    return [result.score for result in load_detector(recipe.detector, "cpu").score_images(images)]


@pytest.fixture
def product(tmp_path):
    return write_product(tmp_path / "product", 5)


def test_its_own_product_stays_quiet_and_a_planted_defect_alarms(tmp_path):
    product = write_product(tmp_path / "product", 12)
    shipped = Recipe(
        detector=DetectorOptions(batch_size=2), training=TrainingOptions(steps=8, crop=64, batch=2)
    )
    own = train(product, tmp_path / "own.safetensors", shipped).recipe
    rng = np.random.default_rng(9)
    normal, defective = [stripes(rng) for _ in range(12)], [planted(rng) for _ in range(12)]
    old, new = (load_detector(recipe.detector, "cpu").calibration for recipe in (shipped, own))
    assert new.ng_at < old.ng_at  # a quiet product allows sharper cuts than unknown ones
    assert np.mean([score >= new.unknown_at for score in scores_of(own, normal)]) < 0.2
    assert np.mean([score >= new.ng_at for score in scores_of(own, defective)]) == 1


def test_the_head_rebuilds_its_product_better_than_before(tmp_path, tiny_weights):
    product = write_product(tmp_path / "product", 8)
    made = train(product, tmp_path / "own.safetensors", quick_recipe(tiny_weights, steps=60, batch=4))
    x = torch.from_numpy(np.stack([standardise(stripes(np.random.default_rng(9), (96, 96)))]))[:, None]
    residuals = []
    for path in (tiny_weights, made.path):
        network = read_network(path)
        with torch.inference_mode():
            layers, grid = network.backbone(x)
            residuals.append(float(residual_map(network.head(layers), grid).mean()))
    assert residuals[1] < 0.7 * residuals[0]


def test_only_the_head_is_trained_and_the_card_says_on_what(product, tmp_path, tiny_weights):
    made = train(product, tmp_path / "own.safetensors", quick_recipe(tiny_weights, alpha=0.5, seed=3))
    card = read_card(made.path)
    assert card.model_id == "own"
    assert list(card.calibrations) == ["residual"]
    facts = card.training
    assert (facts["images"], facts["held_back_images"], facts["skipped_images"]) == (4, 1, 0)
    assert (facts["alpha"], facts["seed"], facts["crop"], facts["steps"]) == (0.5, 3, 64, 6)
    assert facts["start_from_sha256"] == file_sha256(tiny_weights)
    before, after = load_file(tiny_weights), load_file(made.path)
    moved = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert moved == {"head"}
    assert not list(tmp_path.glob("*.checkpoint*"))
    assert json.loads((tmp_path / "own.json").read_text())["sha256"] == file_sha256(made.path)


def test_every_option_decides_the_outcome(product, tmp_path, tiny_weights):
    seen = set()
    base = {"steps": 3}
    changes = [{}, {"coherence": 5.0}, {"alpha": 9.0}, {"gamma": 0.0}, {"rate": 1e-2}, {"steps": 4}]
    changes += [{"crop": 80}, {"batch": 3}, {"seed": 8}, {"held_back": 0.5}]
    for index, change in enumerate(changes):
        made = train(product, tmp_path / f"{index}.safetensors", quick_recipe(tiny_weights, **base | change))
        head = {name: value for name, value in load_file(made.path).items() if name.startswith("head.")}
        seen.add(round(float(sum(value.double().abs().sum() for value in head.values())), 9))
    assert len(seen) == len(changes)


def test_a_head_of_another_shape_begins_anew(product, tmp_path, tiny_weights):
    recipe = quick_recipe(tiny_weights, normal_tokens=3, attention_heads=2, groups=1)
    spec = read_network(train(product, tmp_path / "own.safetensors", recipe).path).spec
    assert (spec.normal_tokens, spec.attention_heads, spec.groups) == (3, 2, 1)
    with pytest.raises(UserError, match="5 attention heads do not divide the backbone's 16 channels"):
        train(product, tmp_path / "odd.safetensors", quick_recipe(tiny_weights, attention_heads=5))


@pytest.mark.parametrize("size_hw", [(96, 140), (72, 80)])
def test_one_image_is_enough(tmp_path, tiny_weights, size_hw):
    source = write_product(tmp_path / "one", 1, size_hw=size_hw)
    made = train(source, tmp_path / "own.safetensors", quick_recipe(tiny_weights))
    facts = read_card(made.path).training
    assert (made.trained, made.held_back) == (1, 1)
    assert facts["halved"] == int(size_hw[1] >= 128)
    assert facts["crop"] == 64
    calibration = load_detector(made.recipe.detector, "cpu").calibration
    assert 0 < calibration.unknown_at < calibration.ng_at < 1


def test_of_a_few_images_each_one_has_a_say(tmp_path, tiny_weights):
    source = write_product(tmp_path / "few", 3, size_hw=(80, 140))
    made = train(source, tmp_path / "own.safetensors", quick_recipe(tiny_weights))
    assert (made.trained, made.held_back, made.is_halved) == (3, 3, True)


@pytest.mark.parametrize(("count", "share", "held_back"), [(17, 0.2, 8), (100, 0.2, 20), (900, 0.2, 128)])
def test_of_many_images_a_share_is_held_back(product, count, share, held_back):
    record = read_lot(product, JobContext()).images[0]
    records = [replace(record, name=str(index)) for index in range(count)]
    split = split_normals(records, share, 1, min_side=64, input_size=None)
    assert (len(split.held_back), len(split.trained)) == (held_back, count - held_back)
    assert not {one.name for one in split.held_back} & {one.name for one in split.trained}


def test_a_stopped_training_ends_where_an_unbroken_one_does(product, tmp_path, tiny_weights):
    recipe = quick_recipe(tiny_weights)
    unbroken = train(product, tmp_path / "unbroken.safetensors", recipe)
    with pytest.raises(JobCancelled):
        train(product, tmp_path / "own.safetensors", recipe, StopAt(3))
    assert not (tmp_path / "own.safetensors").exists()
    resumed = train(product, tmp_path / "own.safetensors", recipe)
    ends = [load_file(made.path) for made in (unbroken, resumed)]
    assert all(torch.allclose(value, ends[1][name], atol=1e-5) for name, value in ends[0].items())


def test_a_stopped_training_refuses_other_settings_and_other_images(product, tmp_path, tiny_weights):
    out = tmp_path / "own.safetensors"
    with pytest.raises(JobCancelled):
        train(product, out, quick_recipe(tiny_weights), StopAt(3))
    with pytest.raises(UserError, match=r"gamma 3\.0 \(now 1\.0\)"):
        train(product, out, quick_recipe(tiny_weights, gamma=1.0))
    write_product(product, 9, seed=4)
    with pytest.raises(UserError, match="images_sha256"):
        train(product, out, quick_recipe(tiny_weights))


def test_what_cannot_be_used_is_named_and_left_out(product, tmp_path, tiny_weights):
    (product / "broken.png").write_bytes(b"\x89PNG")
    (product / "copy.png").write_bytes((product / "stripes0.png").read_bytes())
    write_product(product / "small", 1, size_hw=(40, 300))
    ctx = JobContext()
    made = train(product, tmp_path / "own.safetensors", quick_recipe(tiny_weights), ctx)
    reasons = {failure.name: failure.reason for failure in ctx.drain() if isinstance(failure, FailedImage)}
    assert set(reasons) == {"broken.png", "copy.png", "small/stripes0.png"} or set(reasons) == {
        "broken.png", "stripes0.png", "small/stripes0.png"
    }  # fmt: skip
    assert "64 px a side are needed" in reasons["small/stripes0.png"]
    assert made.skipped == 3


def test_labels_say_which_images_are_normal(product, tmp_path, tiny_weights):
    rows = ["image,label"] + [f"stripes{index}.png,{'bridge' if index else 'Normal'}" for index in range(5)]
    manifest = product / "lot.csv"
    manifest.write_text("\n".join(rows))
    made = train(manifest, tmp_path / "own.safetensors", quick_recipe(tiny_weights))
    assert (made.trained, made.skipped) == (1, 4)
    manifest.write_text("\n".join([rows[0], *rows[2:]]))
    with pytest.raises(UserError, match="can be used as defect-free") as caught:
        train(manifest, tmp_path / "none.safetensors", quick_recipe(tiny_weights))
    assert "labelled “bridge”" in caught.value.hint
    assert "And 1 more" in caught.value.hint


def test_images_are_seen_at_the_recipes_size(product, tmp_path, tiny_weights):
    recipe = quick_recipe(tiny_weights)
    larger = recipe.model_copy(update={"detector": recipe.detector.model_copy(update={"input_size": 224})})
    card = read_card(train(product, tmp_path / "own.safetensors", larger).path)
    assert card.training["input_size"] == 224
    smaller = recipe.model_copy(update={"detector": recipe.detector.model_copy(update={"input_size": 64})})
    with pytest.raises(UserError, match="can be used"):
        train(product, tmp_path / "small.safetensors", smaller)


def test_thresholds_of_other_weights_do_not_outlive_them(product, tmp_path, tiny_weights):
    given = quick_recipe(tiny_weights).model_dump()
    given |= {"thresholds": {"unknown_at": 0.2}, "segmentation": {"floor": 0.9, "min_area_px": 4}}
    made = train(product, tmp_path / "own.safetensors", Recipe.model_validate(given))
    assert made.recipe.thresholds.unknown_at is None
    assert (made.recipe.segmentation.floor, made.recipe.segmentation.min_area_px) == (None, 4)


def test_a_vit_of_the_users_own_gets_a_head_for_the_product(product, tmp_path):
    vit = tmp_path / "vit.safetensors"
    save_file(timm.create_model("test_vit", pretrained=False, num_classes=0).state_dict(), vit)
    training = TrainingOptions(steps=2, batch=2, crop=64)
    recipe = Recipe(
        detector=DetectorOptions(backbone="test_vit", backbone_weights=str(vit)), training=training
    )
    made = train(product, tmp_path / "own.safetensors", recipe)
    assert made.recipe.detector.evidence == ("residual", "lattice")
    assert 0 <= scores_of(made.recipe, [stripes(np.random.default_rng(0))])[0] <= 1
    bare = recipe.model_copy(update={"detector": DetectorOptions(backbone="test_vit")})
    with pytest.raises(UserError, match="needs its weights"):
        train(product, tmp_path / "bare.safetensors", bare)


def test_a_bad_place_is_refused_before_anything_is_read(tmp_path, tiny_weights):
    nowhere, recipe = tmp_path / "nowhere", quick_recipe(tiny_weights)
    with pytest.raises(UserError, match=r"not a \.safetensors file"):
        train(nowhere, tmp_path / "own.pt", recipe)
    with pytest.raises(UserError, match="would start from"):
        train(nowhere, tiny_weights, recipe)
    (tmp_path / "own.json").write_text('{"name": "my recipe"}')
    with pytest.raises(UserError, match=r"own\.json would be overwritten"):
        train(nowhere, tmp_path / "own.safetensors", recipe)
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be made"):
        train(nowhere, tmp_path / "file" / "own.safetensors", recipe)
    with pytest.raises(UserError, match="does not exist"):
        train(nowhere, tmp_path / "free.safetensors", recipe)


def test_a_method_without_weights_has_nothing_to_train(product, tmp_path):
    recipe = Recipe(detector=DetectorOptions(method="lattice"))
    with pytest.raises(UserError, match="lattice has nothing to train"):
        train(product, tmp_path / "own.safetensors", recipe)
