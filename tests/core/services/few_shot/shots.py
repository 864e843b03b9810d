"""Shots of three classes on stripes: bright squares, dark discs, nothing; with masks and a table."""

import csv

import cv2
import numpy as np

from tests.core.services.own_product import stripes


def draw_shot(label, rng, size_hw=(64, 80)):
    """Pixels and mask of one shot."""
    image = stripes(rng, size_hw)
    mask = np.zeros(size_hw, np.uint8)
    y, x = int(rng.integers(14, 44)), int(rng.integers(14, 60))
    if label == "square":
        mask[y - 6 : y + 6, x - 6 : x + 6] = 255
        image[mask > 0] = 250
    elif label == "disc":
        cv2.circle(mask, (x, y), 7, 255, -1)
        image[mask > 0] = 5
    return image, mask


def write_shots(folder, each=2, seed=0, labels=("normal", "square", "disc")):
    """A folder with images/, masks/ and labels.csv."""
    rng = np.random.default_rng(seed)
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    rows = []
    for label in labels:
        for number in range(each):
            image, mask = draw_shot(label, rng)
            name = f"{label}{number}.png"
            (folder / "images" / name).write_bytes(cv2.imencode(".png", image)[1].tobytes())
            if mask.any():
                (folder / "masks" / name).write_bytes(cv2.imencode(".png", mask)[1].tobytes())
            rows.append((name, label))
    with (folder / "labels.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("image", "label"), *rows])
    return folder
