import cv2
import numpy as np
import pytest
import torch

from core.change.cadnet.network import CADNet, CADNetSpec
from core.change.card import ChangeCalibration, ChangeCard, default_change_file, read_change_card
from core.change.detector import ChangeDetector
from core.change.training.calibrate import TruePair, fit_calibration
from core.domain.errors import UserError
from core.networks.weights_file import save_weights
from core.synthesis import render_pair

CPU = torch.device("cpu")


def pairs(count):
    """Every second one has changed."""
    for seed in range(count):
        kind = "bridge" if seed % 2 else None
        pair = render_pair(seed, family="multilevel_routing", kind=kind, size_hw=(192, 192), max_shift_px=8)
        yield TruePair(pair.test.image, pair.reference.image, pair.test.mask)


def binarize(values, floor):
    return values > floor


@pytest.fixture(scope="module")
def calibration():
    return fit_calibration(pairs(12), None, binarize, device=CPU, seed=1)


def test_a_calibration_parts_what_changed_from_what_did_not(calibration):
    assert calibration.weights["difference"] > 0 > calibration.bias
    detector = ChangeDetector(ChangeCard(model_id="fitted", calibration=calibration), "0" * 64)
    scores = {True: [], False: []}
    for pair in pairs(16):
        scores[bool(pair.mask.any())].append(detector.compare(pair.test, pair.reference).score_map.score)
    assert np.median(scores[True]) > max(calibration.ng_at, *scores[False])
    assert calibration.unknown_at <= calibration.ng_at


def test_the_highest_value_lies_on_the_change(calibration):
    detector = ChangeDetector(ChangeCard(model_id="fitted", calibration=calibration), "0" * 64)
    pair = next(pair for pair in pairs(4) if pair.mask.any())
    values = detector.compare(pair.test, pair.reference).score_map.values
    assert values.shape == pair.test.shape
    near = cv2.dilate(pair.mask.astype(np.uint8), np.ones((5, 5)))
    assert near.flat[values.argmax()]


def test_a_wrong_reference_gives_no_map(calibration):
    detector = ChangeDetector(ChangeCard(model_id="fitted", calibration=calibration), "0" * 64)
    test = next(pairs(1)).test
    compared = detector.compare(test, np.full_like(test, 80))
    assert compared.score_map is None
    assert compared.alignment.reason == "The reference is blank."


def test_the_shipped_file_is_read_and_another_kind_of_weights_is_refused(tmp_path, weights_of_another_kind):
    assert read_change_card(default_change_file()).calibration.ng_at > 0
    with pytest.raises(UserError, match="change detector"):
        ChangeDetector.from_file(weights_of_another_kind, CPU)


def test_a_network_in_the_weights_speaks_too(tmp_path):
    torch.manual_seed(0)
    spec = CADNetSpec()
    network = CADNet(spec).eval()
    calibration = fit_calibration(pairs(6), network, binarize, device=CPU, seed=1)
    assert set(calibration.weights) == {"difference", "network"}
    weighted = calibration.model_copy(update={"weights": {"difference": 1.0, "network": 1.0}})
    path = tmp_path / "change.safetensors"
    card = ChangeCard(model_id="with network", network=spec, calibration=weighted)
    save_weights(path, network.state_dict(), card)
    pair = next(pairs(1))
    values = ChangeDetector.from_file(path, CPU).compare(pair.test, pair.reference).score_map.values
    alone = weighted.model_copy(update={"weights": {"difference": 1.0, "network": 0.0}})
    quiet = ChangeDetector(card.model_copy(update={"calibration": alone}), "", network, CPU)
    assert not np.allclose(values, quiet.compare(pair.test, pair.reference).score_map.values)


@pytest.fixture
def weights_of_another_kind(tmp_path):
    path = tmp_path / "other.safetensors"
    save_weights(path, {}, ChangeCalibration(bias=0, weights={}, floor=0, unknown_at=0, ng_at=1))
    return path
