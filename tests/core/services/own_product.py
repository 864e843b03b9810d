"""A product of stripes: its defect-free images, and some with a planted defect."""

import cv2
import numpy as np

from core.domain.recipes import DetectorOptions, Recipe, TrainingOptions


def stripes(rng, size_hw=(96, 112)):
    """Period 12 px at any phase, with noise; (H, W) uint8."""
    phase = rng.integers(0, 12)
    rows = 100 + 50 * ((np.arange(size_hw[0]) + phase) // 6 % 2)[:, None]
    return (rows + rng.normal(0, 5, size_hw)).clip(0, 255).astype(np.uint8)


def planted(rng, size_hw=(96, 112)):
    """Stripes with a bright bridge or a dark hole."""
    image = stripes(rng, size_hw)
    y, x = rng.integers(12, 70, 2)
    image[y : y + 14, x : x + 14] = rng.choice([5, 250])
    return image


def write_product(folder, count, seed=0, draw=stripes, **kwargs):
    """Write PNGs below a folder, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for index in range(count):
        encoded = cv2.imencode(".png", draw(rng, **kwargs))[1]
        (folder / f"{draw.__name__}{index}.png").write_bytes(encoded.tobytes())
    return folder


def quick_recipe(weights, evidence=("residual",), **training):
    """A training of the smallest network that takes a second."""
    options = {"steps": 6, "crop": 64, "batch": 2, "rate": 3e-3} | training
    return Recipe(
        name="stripes",
        detector=DetectorOptions(weights=str(weights), evidence=evidence, batch_size=2),
        training=TrainingOptions(**options),
    )
