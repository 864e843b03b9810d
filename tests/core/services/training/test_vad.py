import importlib.util
from typing import get_args

import numpy as np
import pytest

from core.anomaly.card import read_vad_card
from core.anomaly.registry import METHODS
from core.domain.recipes import LearnedMethod
from core.evaluation.ranking import rank
from core.jobs import JobContext
from core.services.detectors import load_detector
from core.services.training.vad import VadPlan, train_vad
from tests.core.anomaly.normals import lines, write_normals

HAS_ANOMALIB = importlib.util.find_spec("anomalib") is not None
SMALL = {
    "patchcore": {},
    "padim": {},
    "cfa": {"steps": 10, "batch": 2},
    "stfpm": {"steps": 60, "rate": 3e-3},
    "rd4ad": {"steps": 12, "batch": 2},
    "fastflow": {"steps": 30},
    "supersimplenet": {"side": 128, "steps": 16, "batch": 2, "rate": 1e-3},
    "ganomaly": {"width": 4, "steps": 120, "batch": 8, "rate": 1e-3},
    "dinomaly": {"steps": 40},
    "anomalydino": {},
    "efficientad": {"side": 128, "width": 8, "steps": 50, "rate": 1e-3},
    "f_anogan": {"side": 32, "width": 8, "steps": 240, "batch": 8, "rate": 2e-3},
    "iad_inpainting": {"width": 4, "steps": 120, "batch": 8},
    "riad": {"width": 4, "steps": 60},
}


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
