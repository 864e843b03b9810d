from typing import get_args

import pytest
import torch

from core.detection.evidence import Fusion, all_source_sets, source_key
from core.detection.network import DefectNetwork, NetworkSpec
from core.detection.weights import Calibration, Card, write_weights
from core.domain.recipes import DetectorOptions, EvidenceSource, Recipe


@pytest.fixture(scope="session")
def every_calibration():
    """Scalars for every set of evidence, at which about everything is defective."""
    return {
        source_key(sources): Calibration(
            fusion=Fusion(bias=3.0, weights=dict.fromkeys(sources, 1.0)), floor=0.1, unknown_at=0.2, ng_at=0.3
        )
        for sources in all_source_sets(get_args(EvidenceSource))
    }


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory, every_calibration):
    """An untrained detector of the smallest size: every part runs, the scores mean nothing."""
    torch.manual_seed(0)
    spec = NetworkSpec(backbone="residua_test", attention_heads=4)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    write_weights(
        path, DefectNetwork(spec), Card(model_id="tiny", network=spec, calibrations=every_calibration)
    )
    return path


@pytest.fixture
def recipe(tiny_weights):
    return Recipe(name="tiny", detector=DetectorOptions(weights=str(tiny_weights), batch_size=2))
