from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.domain.detector import ModelIdentity
from core.domain.lots import PixelSize
from core.domain.maps import ScoreMap
from core.domain.recipes import Recipe, SegmentationOptions
from core.jobs import JobContext
from core.lots import read_lot
from core.services.detection.measuring import measure_images


def two_squares(images, check):
    """A map with defects of 100 and 36 pixels for every image."""
    values = np.zeros((72, 96), dtype=np.float32)
    values[10:20, 10:20] = 0.9
    values[40:46, 60:66] = 0.8
    return [ScoreMap(values, 1.0) for _ in images]


@pytest.fixture
def areas_with(folder):
    """Areas in px of the regions of an image, by the pixel sizes of a lot's images and the recipe's limit."""
    detector = SimpleNamespace(
        calibration=SimpleNamespace(floor=0.2, unknown_at=0.3, ng_at=0.5),
        identity=ModelIdentity("two squares", "0" * 64),
        score_images=two_squares,
    )
    records = read_lot(folder, JobContext()).images

    def measure(pixel_sizes, min_area_nm2):
        recipe = Recipe(segmentation=SegmentationOptions(min_area_nm2=min_area_nm2))
        sized = [
            replace(record, pixel_size=nm and PixelSize(nm, "manual"))
            for record, nm in zip(records, pixel_sizes, strict=True)
        ]
        measured = list(measure_images(sized, detector, recipe, JobContext()))
        assert all(one.detection.area_px == one.mask.sum() for one in measured)
        return [[region.area_px for region in one.detection.regions] for one in measured]

    return measure


def test_regions_too_small_on_the_wafer_are_dropped_by_each_images_own_pixel_size(areas_with):
    assert areas_with((10.0, 5.0, 2.0), 2500.0) == [[100, 36], [100], []]


def test_without_a_pixel_size_or_a_limit_the_pixels_decide(areas_with):
    assert areas_with((None, None, None), 1e12) == [[100, 36]] * 3
    assert areas_with((10.0, 5.0, 2.0), None) == [[100, 36]] * 3
