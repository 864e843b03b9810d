import numpy as np
import pytest
import torch

from core.detection.ic_defectncd.detector import ICDefectNCDDetector
from core.detection.tiling import TILE, blend, tiles_of
from core.domain.errors import JobCancelled
from core.domain.recipes import DetectorOptions

RNG = np.random.default_rng(5)


@pytest.fixture
def detector(weights_file):
    return ICDefectNCDDetector.from_file(weights_file, torch.device("cpu"))


def image_of(height: int, width: int) -> np.ndarray:
    return RNG.integers(0, 256, (height, width)).astype(np.uint8)


@pytest.mark.parametrize("size", [(448, 448), (100, 37), (17, 300), (5, 5), (1, 1)])
def test_a_map_has_the_size_of_its_image(detector, size):
    score_map = detector.score_images([image_of(*size)])[0]
    assert score_map.values.shape == size
    assert np.isfinite(score_map.values).all()
    assert 0 <= score_map.values.min() <= score_map.values.max() <= 1
    assert 0 <= score_map.score <= 1


def test_a_score_does_not_depend_on_the_other_images(detector):
    images = [image_of(64, 64), image_of(64, 64), image_of(80, 48)]
    together = detector.score_images(images)
    for image, score_map in zip(images, together, strict=True):
        alone = detector.score_images([image])[0]
        assert np.allclose(alone.values, score_map.values, atol=1e-5)
        assert abs(alone.score - score_map.score) < 1e-5


def test_bit_depth_does_not_change_the_score(detector):
    image = image_of(96, 96)
    eight = detector.score_images([image])[0]
    sixteen = detector.score_images([image.astype(np.uint16) * 257])[0]
    assert np.allclose(eight.values, sixteen.values, atol=1e-4)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_image_has_a_finite_flat_score(detector, level):
    score_map = detector.score_images([np.full((64, 64), level, np.uint8)])[0]
    assert np.isfinite(score_map.values).all()


def test_a_large_image_goes_in_tiles_without_seams(detector):
    size = (900, 1300)
    tiles = tiles_of(size)
    assert len(tiles) > 4
    assert detector.score_images([image_of(*size)])[0].values.shape == size
    ramp = np.linspace(0, 1, size[0] * size[1], dtype=np.float32).reshape(size)
    assert np.allclose(blend([tile.of(ramp) for tile in tiles], tiles, size), ramp, atol=1e-5)
    assert {(tile.bottom - tile.top, tile.right - tile.left) for tile in tiles} == {(TILE, TILE)}


def test_a_stop_is_honoured_between_forward_passes(detector):
    calls = []

    def check():
        calls.append(1)
        if len(calls) == 2:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        detector.score_images([image_of(64, 64)] * 3, check)
    assert len(calls) == 2


def test_an_image_can_be_seen_at_another_size(weights_file):
    image = image_of(60, 100)
    half = ICDefectNCDDetector.from_file(weights_file, torch.device("cpu"), DetectorOptions(input_size=200))
    as_is = ICDefectNCDDetector.from_file(weights_file, torch.device("cpu"))
    seen_larger, seen = half.score_images([image])[0], as_is.score_images([image])[0]
    assert seen_larger.values.shape == seen.values.shape == image.shape
    assert not np.allclose(seen_larger.values, seen.values)
