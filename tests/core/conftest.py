import pytest
import torch

from core.detection.network import DefectNetwork, Fusion, NetworkSpec
from core.detection.weights import Calibration, Card, write_weights
from core.domain.recipes import DetectorOptions, Recipe


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory):
    """An untrained detector of the smallest size: every part runs, the scores mean nothing."""
    torch.manual_seed(0)
    spec = NetworkSpec(backbone="residua_test", attention_heads=4)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    calibration = Calibration(fusion=Fusion(bias=3.0), floor=0.1, unknown_at=0.2, ng_at=0.3)
    write_weights(path, DefectNetwork(spec), Card(model_id="tiny", network=spec, calibration=calibration))
    return path


@pytest.fixture
def recipe(tiny_weights):
    return Recipe(name="tiny", detector=DetectorOptions(weights=str(tiny_weights), batch_size=2))
