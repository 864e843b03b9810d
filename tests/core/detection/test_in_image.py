"""Training-free sources: each finds what it is made for, and none falls over on strange images."""

import numpy as np
import pytest
import torch

from core.detection.evidence import all_source_sets, comparable, read_evidence, source_key
from core.detection.in_image.detector import IN_IMAGE, InImageDetector
from core.detection.in_image.lattice import lattice
from core.detection.in_image.neighbours import EXCLUDED_PX, STRIDE, nearest_places
from core.detection.registry import load_detector
from core.domain.errors import UserError
from core.domain.recipes import DetectorOptions
from core.networks.periods import find_steps
from core.networks.preprocess import standardise

CPU = torch.device("cpu")
PERIOD = 24


def contacts(seed=0, side=192):
    """Dark discs on a square lattice, with noise."""
    rng = np.random.default_rng(seed)
    ys, xs = np.mgrid[:side, :side] % PERIOD - PERIOD // 2
    discs = np.hypot(ys, xs) < 7
    return np.clip(150 - 70 * discs + rng.normal(0, 6, (side, side)), 0, 255).astype(np.uint8)


def with_missing_disc(image, row=4, column=3):
    damaged = image.copy()
    top, left = row * PERIOD, column * PERIOD
    damaged[top : top + PERIOD, left : left + PERIOD] = image[:PERIOD, :PERIOD].max(axis=0).mean()
    return damaged, (top + PERIOD // 2, left + PERIOD // 2)


@pytest.mark.parametrize("method", [name for name in IN_IMAGE if name != "global_pca"])
def test_a_missing_disc_is_the_highest_place(method):
    image, centre = with_missing_disc(contacts())
    values = InImageDetector(method, CPU).score_images([image])[0].values
    peak = np.unravel_index(values.argmax(), values.shape)
    assert np.hypot(peak[0] - centre[0], peak[1] - centre[1]) <= PERIOD


@pytest.mark.parametrize("method", list(IN_IMAGE))
@pytest.mark.parametrize(
    "image",
    [
        np.full((96, 96), 7, np.uint8),
        np.zeros((5, 5), np.uint8),
        np.full((64, 200), 65535, np.uint16),
        np.random.default_rng(1).integers(0, 256, (100, 37)).astype(np.uint8),
    ],
    ids=["flat", "tiny", "saturated", "noise"],
)
def test_strange_images_give_finite_maps(method, image):
    score_map = InImageDetector(method, CPU).score_images([image])[0]
    assert score_map.values.shape == image.shape
    assert np.isfinite(score_map.values).all()
    assert 0 <= score_map.score <= 1


def test_the_damaged_image_scores_above_the_clean_one():
    detector = InImageDetector("lattice", CPU)
    clean, damaged = contacts(), with_missing_disc(contacts())[0]
    scores = [score_map.score for score_map in detector.score_images([clean, damaged])]
    assert scores[1] > scores[0] + 0.1


def test_steps_are_multiples_of_the_period():
    steps = find_steps(torch.from_numpy(standardise(contacts())))
    assert steps
    assert all(
        abs(dy) % PERIOD in (0, 1, PERIOD - 1) and dx % PERIOD in (0, 1, PERIOD - 1) for dy, dx in steps
    )


def test_no_period_no_evidence():
    noise = torch.randn(128, 128, generator=torch.Generator().manual_seed(0))
    assert lattice(noise).abs().max() == 0


def test_neighbours_lie_far_enough_and_are_the_nearest():
    grid = (12, 9)
    tokens = torch.randn(108, 5, generator=torch.Generator().manual_seed(0))
    distances, places = nearest_places(tokens, grid, 2)
    rows, columns = torch.arange(108) // 9, torch.arange(108) % 9
    cells = EXCLUDED_PX // STRIDE
    gap = torch.maximum((rows[:, None] - rows[None]).abs(), (columns[:, None] - columns[None]).abs())
    expected = torch.cdist(tokens, tokens).masked_fill(gap <= cells, torch.inf)
    assert torch.allclose(distances, expected.sort(dim=1).values[:, :2], atol=1e-4)
    assert (gap.gather(1, places) > cells).all()


def test_comparable_is_zero_at_and_below_the_median():
    maps = comparable(torch.rand(2, 40, 40, generator=torch.Generator().manual_seed(0)))
    assert maps.min() == 0
    assert float((maps == 0).float().mean()) == pytest.approx(0.5, abs=0.02)


def test_only_what_is_wanted_is_read(network):
    x = torch.randn(2, 1, 64, 64)
    with torch.inference_mode():
        for sources in all_source_sets(["matching", "coarse_matching", "prototypes", "patch_knn", "lattice"]):
            evidence = read_evidence(network, x, sources)
            assert set(evidence) == set(sources)
            assert {tuple(values.shape) for values in evidence.values()} == {(2, 32, 32)}


def test_rival_readings_are_never_fused():
    assert not any(
        {"residual", "prototypes"} <= set(chosen) for chosen in all_source_sets(["residual", "prototypes"])
    )


def test_evidence_that_is_not_calibrated_is_refused(tmp_path, weights_file):
    from core.detection.weights import read_card, read_network, write_weights

    card = read_card(weights_file)
    lean = card.model_copy(update={"calibrations": {source_key(["matching"]): card.calibrations["matching"]}})
    path = tmp_path / "lean.safetensors"
    write_weights(path, read_network(weights_file), lean)
    with pytest.raises(UserError, match="not calibrated for the evidence residual"):
        load_detector(DetectorOptions(weights=str(path), evidence=("residual",)), "cpu")


@pytest.mark.parametrize("evidence", [(), ("matching", "matching"), ("residual", "prototypes")])
def test_a_recipe_names_each_source_once(evidence):
    with pytest.raises(ValueError, match="evidence"):
        DetectorOptions(evidence=evidence)
