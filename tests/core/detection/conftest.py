import pytest
import torch

from core.detection.network import DefectNetwork, NetworkSpec
from core.detection.weights import Card, write_weights

SPEC = NetworkSpec(backbone="residua_test", attention_heads=4)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.fixture
def network():
    return DefectNetwork(SPEC).eval()


@pytest.fixture
def weights_file(tmp_path, network, every_calibration):
    path = tmp_path / "tiny.safetensors"
    write_weights(path, network, Card(model_id="tiny", network=SPEC, calibrations=every_calibration))
    return path
