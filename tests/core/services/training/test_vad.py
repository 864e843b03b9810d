import importlib.util
import json
import socket
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from safetensors.torch import load_file

from core.anomaly.card import read_vad_card
from core.anomaly.registry import METHODS
from core.domain.errors import JobCancelled, UserError
from core.domain.recipes import DetectorOptions, LearnedMethod
from core.evaluation.ranking import rank
from core.jobs import CancelToken, JobContext
from core.services.detection.detectors import load_detector
from core.services.training.vad import train_vad
from core.services.training.vad_plan import VadPlan
from tests.core.anomaly.normals import lines, write_normals

HAS_ANOMALIB = importlib.util.find_spec("anomalib") is not None
SMALL = {
    "patchcore": {},
    "padim": {},
    "cfa": {"steps": 10, "batch": 2},
    "stfpm": {"steps": 60, "rate": 3e-3},
    "rd4ad": {"steps": 12, "batch": 2},
    "fastflow": {"steps": 30},
    "supersimplenet": {"side": 128, "steps": 30, "batch": 2, "rate": 1e-3},
    "ganomaly": {"width": 4, "steps": 120, "batch": 8, "rate": 1e-3},
    "dinomaly": {"steps": 40},
    "anomalydino": {},
    "efficientad": {"side": 128, "width": 8, "steps": 50, "rate": 1e-3},
    "f_anogan": {"side": 32, "width": 8, "steps": 240, "batch": 8, "rate": 2e-3},
    "iad_inpainting": {"width": 4, "steps": 120, "batch": 8},
    "riad": {"width": 4, "steps": 60},
}


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Nothing is fetched, whatever a library would like to."""

    def refuse(*_arguments):
        raise AssertionError("something asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="module")
def normals(tmp_path_factory):
    return write_normals(tmp_path_factory.mktemp("normals"), 14)


def small_plan(method, **changes):
    """A method at a size that trains in seconds; its features are untrained."""
    needs_backbone = METHODS[method].backbone is not None
    features = {"backbone": "residua_test", "backbone_weights": "random"} if needs_backbone else {}
    return VadPlan(method, **{"side": 64, "seed": 3, **features, **SMALL[method], **changes})


@pytest.mark.parametrize("method", get_args(LearnedMethod))
def test_every_method_finds_a_planted_defect(method, normals, tmp_path):
    if METHODS[method].needs_anomalib and not HAS_ANOMALIB:
        pytest.skip("the extra residua[vad] is not installed")
    made = train_vad(normals, tmp_path / "model.safetensors", small_plan(method), "cpu", JobContext())
    detector = load_detector(made.recipe.detector, "cpu")
    shown = [lines(seed, planted=True) for seed in range(100, 106)]
    defective = detector.score_images([image for image, _ in shown])
    clean = detector.score_images([lines(seed)[0] for seed in range(200, 206)])
    pixels = np.concatenate([one.values.ravel() for one in defective])
    assert rank(pixels, np.concatenate([mask.ravel() for _, mask in shown])).auroc > 0.6
    scores = np.array([one.score for one in (*defective, *clean)])
    assert rank(scores, np.arange(12) < 6).auroc > 0.6
    card = read_vad_card(made.path)
    assert 0 < card.calibration.unknown_at <= card.calibration.ng_at < 1
    assert not list(tmp_path.glob("*.checkpoint.safetensors"))


QUICK = VadPlan("riad", side=32, width=2, steps=6, batch=2, seed=5)


class StopsAfter(JobContext):
    """Is cancelled when a gradient phase has reported so many steps."""

    def __init__(self, steps):
        super().__init__(CancelToken())
        self._steps = steps

    def report(self, done, total, text=""):
        super().report(done, total, text)
        if "loss" in text and done >= self._steps:
            self.token.cancel()


def test_a_stopped_training_goes_on_to_the_same_end(normals, tmp_path):
    whole = train_vad(normals, tmp_path / "whole.safetensors", QUICK, "cpu", JobContext())
    parts = tmp_path / "parts.safetensors"
    with pytest.raises(JobCancelled):
        train_vad(normals, parts, QUICK, "cpu", StopsAfter(3))
    assert not parts.exists()
    assert list(tmp_path.glob("parts*.checkpoint.safetensors"))
    with pytest.raises(UserError, match="rate"):
        train_vad(normals, parts, replace(QUICK, rate=0.5), "cpu", JobContext())
    train_vad(normals, parts, QUICK, "cpu", JobContext())
    first, second = load_file(whole.path), load_file(parts)
    assert all(np.allclose(value, second[name], atol=1e-6) for name, value in first.items())
    assert not list(tmp_path.glob("*.checkpoint.safetensors"))


def test_the_card_says_what_was_learned_from_and_how(normals, tmp_path):
    made = train_vad(normals, tmp_path / "model.safetensors", QUICK, "cpu", JobContext())
    card = json.loads(made.path.with_suffix(".json").read_text())
    assert card["network"] == {"method": "riad", "side": 32, "backbone": None, "width": 2}
    assert card["training"]["images"] == made.trained == 11
    assert card["training"]["held_back_images"] == made.held_back == 3
    assert card["features"] == ""


def test_a_recipe_must_name_what_the_weights_are(normals, tmp_path):
    made = train_vad(normals, tmp_path / "model.safetensors", QUICK, "cpu", JobContext())
    with pytest.raises(UserError, match="of the method riad, not f_anogan"):
        load_detector(DetectorOptions(method="f_anogan", weights=str(made.path)), "cpu")
    with pytest.raises(UserError, match="not on resnet18"):
        load_detector(DetectorOptions(method="riad", weights=str(made.path), backbone="resnet18"), "cpu")
    with pytest.raises(UserError, match="residua train vad"):
        load_detector(DetectorOptions(method="riad"), "cpu")
    with pytest.raises(UserError, match="Batch mutual scoring"):
        load_detector(DetectorOptions(method="riad", weights=str(made.path), mutual_images=2), "cpu")


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (replace(QUICK, side=40), "multiples of 32"),
        (VadPlan("f_anogan", side=96), "powers of two"),
        (VadPlan("efficientad", side=64), "128 px or more"),
        (VadPlan("padim", backbone="resnet18"), "comes without weights"),
    ],
)
def test_what_cannot_be_built_is_refused_before_anything_is_read(plan, why, tmp_path):
    with pytest.raises(UserError, match=why):
        train_vad(tmp_path / "nowhere", tmp_path / "model.safetensors", plan, "cpu", JobContext())


def test_a_handful_of_images_is_too_few(tmp_path):
    write_normals(tmp_path / "three", 3)
    with pytest.raises(UserError, match="at least 4"):
        train_vad(tmp_path / "three", tmp_path / "model.safetensors", QUICK, "cpu", JobContext())


@pytest.mark.skipif(not HAS_ANOMALIB, reason="the extra residua[vad] is not installed")
def test_the_shipped_encoder_gives_the_features_when_nothing_else_is_named(normals, tmp_path):
    plan = VadPlan("anomalydino", side=64, seed=2)
    made = train_vad(normals, tmp_path / "model.safetensors", plan, "cpu", JobContext())
    assert made.features.startswith("residua_s: the shipped encoder")
    other = train_vad(
        normals, tmp_path / "other.safetensors", replace(plan, backbone_weights="random"), "cpu", JobContext()
    )
    assert other.features.endswith("untrained, random features")
    name = "model.feature_encoder.backbone.model.stem.weight"
    assert not np.allclose(load_file(made.path)[name], load_file(other.path)[name])


@pytest.mark.skipif(not HAS_ANOMALIB, reason="the extra residua[vad] is not installed")
def test_the_same_seed_gives_the_same_weights(normals, tmp_path):
    plan = small_plan("patchcore")
    first, second = (
        load_file(train_vad(normals, tmp_path / f"{name}.safetensors", plan, "cpu", JobContext()).path)
        for name in ("first", "second")
    )
    assert all(np.array_equal(value, second[name]) for name, value in first.items())
