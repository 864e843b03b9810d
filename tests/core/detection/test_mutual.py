"""Batch mutual scoring: the odd one out, and nothing from the image itself."""

import numpy as np
import pytest
import torch

from core.detection.mutual import describe_places, mutual_map
from core.detection.network import NetworkSpec
from core.detection.registry import load_detector
from core.detection.training.start import begin_training
from core.detection.weights import Card
from core.domain.errors import UserError
from core.domain.recipes import DetectorOptions, TrainingOptions
from core.networks.weights_file import save_weights

GRID = (10, 12)


def tokens_of(seed, odd=None):
    places = torch.zeros(120, 8)
    places[torch.arange(120), torch.arange(120) % 4] = 1.0
    places += 0.05 * torch.randn(120, 8, generator=torch.Generator().manual_seed(seed))
    if odd is not None:
        places[odd] = torch.eye(8)[7]
    return torch.nn.functional.normalize(places, dim=-1).half()


def test_what_no_other_image_shows_stands_out():
    companions = [tokens_of(seed) for seed in range(1, 6)]
    values = mutual_map(tokens_of(0, odd=50), GRID, companions)
    assert values.flatten().argmax() == 50
    assert values.flatten()[50] > 5 * values.median()


def test_an_image_is_not_its_own_companion():
    own = tokens_of(0, odd=50)
    assert mutual_map(own, GRID, [own]).abs().max() == 0
    alone = mutual_map(own, GRID, [tokens_of(1)])
    assert torch.equal(mutual_map(own, GRID, [own, tokens_of(1)]), alone)


def test_a_defect_on_one_other_image_is_still_seen():
    companions = [tokens_of(seed) for seed in range(1, 10)] + [tokens_of(10, odd=50)]
    values = mutual_map(tokens_of(0, odd=50), GRID, companions)
    assert values.flatten().argmax() == 50


def test_places_are_described_at_unit_length():
    described = describe_places(torch.randn(6, 5, 7))
    assert described.shape == (35, 6)
    assert torch.allclose(described.float().norm(dim=1), torch.ones(35), atol=1e-2)


def test_scores_depend_on_the_lot_only_after_meeting_it(weights_file):
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (96, 80)).astype(np.uint8) for _ in range(3)]
    detector = load_detector(DetectorOptions(weights=str(weights_file)), "cpu")
    alone = detector.score_images(images)
    detector.meet(images)
    together = detector.score_images(images)
    assert any(abs(a.score - b.score) > 1e-6 for a, b in zip(alone, together, strict=True))
    assert all(np.isfinite(one.values).all() for one in together)


@pytest.fixture
def alone(tmp_path, every_calibration):
    """Weights without a matching part, as a backbone of timm's has them; their tensors are not even there."""
    path = tmp_path / "alone.safetensors"
    card = Card(
        model_id="alone",
        network=NetworkSpec(backbone="vit_test", matching=False, backbone_included=False),
        calibrations=every_calibration,
    )
    save_weights(path, {"empty": torch.zeros(1)}, card)
    return str(path)


@pytest.mark.parametrize(
    "begin", [load_detector, lambda options, _device: begin_training(options, TrainingOptions())]
)
def test_weights_without_matching_refuse_before_they_are_loaded(alone, begin):
    with pytest.raises(UserError, match="needs weights with learned matching"):
        begin(DetectorOptions(weights=alone, evidence=("residual",), mutual_images=4), "cpu")


def test_a_new_head_on_another_backbone_refuses_before_that_is_loaded():
    options = DetectorOptions(backbone="vit_test", backbone_weights="none.safetensors", mutual_images=4)
    with pytest.raises(UserError, match="needs weights with learned matching"):
        begin_training(options, TrainingOptions())


def test_training_free_detectors_refuse_to_be_loaded_for_it():
    with pytest.raises(UserError, match="needs weights with learned matching"):
        load_detector(DetectorOptions(method="lattice", mutual_images=4), "cpu")


def test_training_free_detectors_refuse_to_meet():
    detector = load_detector(DetectorOptions(method="lattice"), "cpu")
    with pytest.raises(UserError, match="alone"):
        detector.meet([])
