import json
from dataclasses import replace

import numpy as np
import pytest

from core.change.card import read_change_card, read_change_network
from core.domain.errors import JobCancelled, UserError
from core.jobs import CancelToken, JobContext
from core.services.training.change import ChangePlan, train_change

PLAN = ChangePlan(steps=2, pairs=4, calibration_pairs=8, side=128, crop=64, batch=2, seed=3)


def test_a_trained_change_detector_is_a_weights_file_with_its_card(tmp_path):
    path = train_change(PLAN, tmp_path, "cpu", JobContext())
    card = read_change_card(path)
    assert card.training["steps"] == 2
    assert set(card.calibration.weights) == {"difference", "network"}
    assert read_change_network(path, card) is not None
    assert json.loads(path.with_suffix(".json").read_text())["model_id"] == "cadnet"
    tests, references, masks = (
        np.load(tmp_path / "pairs" / f"{name}.npy") for name in ("tests", "references", "masks")
    )
    assert tests.shape == references.shape == masks.shape == (4, 128, 128)
    unchanged = ~masks
    # Registered: what did not change looks alike.
    assert np.corrcoef(tests[unchanged], references[unchanged])[0, 1] > 0.6


def test_without_steps_the_difference_speaks_alone(tmp_path):
    path = train_change(ChangePlan(steps=0, calibration_pairs=8, side=128), tmp_path, "cpu", JobContext())
    card = read_change_card(path)
    assert card.network is None
    assert set(card.calibration.weights) == {"difference"}
    assert not (tmp_path / "pairs").exists()


def test_a_stopped_training_goes_on_only_under_its_own_plan(tmp_path):
    train_change(PLAN, tmp_path, "cpu", JobContext())
    with pytest.raises(UserError, match="rate"):
        train_change(replace(PLAN, rate=0.5), tmp_path, "cpu", JobContext())


def test_a_cancel_leaves_no_weights(tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(JobCancelled):
        train_change(PLAN, tmp_path, "cpu", JobContext(token))
    assert not (tmp_path / "change.safetensors").exists()
