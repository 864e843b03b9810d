import cv2
import numpy as np
import pytest

from core.synthesis import render_scene


@pytest.fixture(scope="session")
def scene():
    """(256, 256) uint8, a layout that does not repeat."""
    return render_scene(11, family="multilevel_routing", kind=None, size_hw=(256, 256)).image


@pytest.fixture
def moved():
    """Moves an image by (dx, dy) px, on a ground that goes on."""

    def move(image, dx, dy, turn_deg=0.0, scale=1.0):
        height, width = image.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, scale)
        matrix[:, 2] += (dx, dy)
        return cv2.warpAffine(
            image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )

    return move


@pytest.fixture
def rng():
    return np.random.default_rng(5)
