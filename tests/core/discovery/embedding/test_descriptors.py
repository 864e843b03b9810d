from pathlib import Path

import cv2
import numpy as np
import pytest

from core.discovery.embedding import DescribedEmbedder, read_scales
from core.discovery.embedding.descriptors import measure_defect
from core.domain.arrays import FloatArray
from core.domain.errors import UserError
from core.domain.maps import Crop, Region

_SIZE, _ELONGATION, _CONTRAST, _SURPRISE = 0, 2, 4, 18


def _crop(level: float, axes: tuple[int, int] = (8, 8), *, expected: FloatArray | None = None) -> Crop:
    pixels = np.full((96, 96), 0.5, np.float32)
    pixels += np.random.default_rng(0).normal(0, 0.03, pixels.shape).astype(np.float32)
    mask = np.zeros((96, 96), np.uint8)
    cv2.ellipse(mask, (48, 48), axes, 0, 0, 360, 1, -1)
    pixels[mask > 0] += level
    region = Region(
        (48 - axes[0], 48 - axes[1], 2 * axes[0] + 1, 2 * axes[1] + 1), int(mask.sum()), (48, 48), 1.0
    )
    return Crop((0, 0), np.clip(pixels, 0, 1), mask.astype(np.float32), region, expected)


def _no_check() -> None:
    return


def test_each_descriptor_moves_with_what_it_is_named_after() -> None:
    bright, dark = measure_defect(_crop(0.3)), measure_defect(_crop(-0.3))
    assert bright[_CONTRAST] > 1 > -1 > dark[_CONTRAST]
    assert measure_defect(_crop(0.3, (16, 16)))[_SIZE] > bright[_SIZE] + 0.5
    assert measure_defect(_crop(0.3, (20, 4)))[_ELONGATION] > bright[_ELONGATION] + 1


def test_surprise_is_the_difference_to_what_was_expected() -> None:
    as_it_is, flat = (
        measure_defect(_crop(0.3, expected=np.full((96, 96), level, np.float32)))[_SURPRISE]
        for level in (0.8, 0.5)
    )
    assert flat > 4
    assert abs(as_it_is) < flat / 2


@pytest.mark.parametrize("mask", [np.zeros((64, 64)), np.ones((64, 64)), np.eye(64)])
@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
def test_odd_crops_have_descriptors_too(mask: FloatArray, level: float) -> None:
    pixels = np.full((64, 64), level, np.float32)
    measured = measure_defect(
        Crop((0, 0), pixels, mask.astype(np.float32), Region((0, 0, 64, 64), 1, (32, 32), 0.0))
    )
    assert np.isfinite(measured).all()
    assert np.abs(measured).max() <= 8


def test_alone_they_tell_like_from_unlike() -> None:
    crops = [_crop(0.3), _crop(0.28), _crop(-0.3)]
    vectors = DescribedEmbedder(None, read_scales(), 1.0).embed(crops, _no_check)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.5


def test_scales_of_another_kind_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "scales.json"
    path.write_text("{}")
    with pytest.raises(UserError, match="cannot be read"):
        read_scales(path)
