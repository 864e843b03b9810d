"""Small lines-and-spaces images, some with a planted particle."""

import cv2
import numpy as np

SIDE = 72


def lines(seed, *, planted=False):
    """(image, mask): vertical lines with noise; planted: a bright disc somewhere inside."""
    rng = np.random.default_rng(seed)
    columns = 110 + 50 * np.sign(np.sin(2 * np.pi * np.arange(SIDE) / 12))
    image = cv2.GaussianBlur(np.tile(columns, (SIDE, 1)), (0, 0), 1.0) + rng.normal(0, 6, (SIDE, SIDE))
    mask = np.zeros((SIDE, SIDE), np.uint8)
    if planted:
        x, y = (int(value) for value in rng.integers(18, SIDE - 18, 2))
        cv2.circle(mask, (x, y), 6, 1, -1)
        image = np.where(mask > 0, 235 + rng.normal(0, 6, image.shape), image)
    return np.clip(image, 0, 255).astype(np.uint8), mask > 0


def write_normals(folder, count):
    """`count` different normal images as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(count):
        cv2.imwrite(str(folder / f"normal_{seed:02d}.png"), lines(seed)[0])
    return folder
