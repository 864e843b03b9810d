"""Images without a layout, or with next to nothing on them, through the whole detection with the shipped weights."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from core.domain.arrays import GrayImage
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.services.detection.files import detect_files
from core.synthesis import render_scene

SIDE = 256
TINY = ((1, 1), (1, 300), (300, 1), (2, 2), (5, 7), (16, 16), (33, 40))
FAMILIES = ("lines_spaces", "contact_holes", "sram_cells", "blanket_film")


def gray(values: NDArray[np.floating[Any]]) -> GrayImage:
    shown: GrayImage = np.clip(values, 0, 255).astype(np.uint8)
    return shown


def featureless() -> dict[str, GrayImage]:
    """Nothing here is a defect: no image of these may be NG."""
    rng = np.random.default_rng(5)
    flat = np.full((SIDE, SIDE), 128.0)
    grain = cv2.GaussianBlur(rng.normal(0, 1, flat.shape), (0, 0), 2)
    noise: dict[str, GrayImage] = {
        f"noise {deviation}": gray(rng.normal(128, deviation, flat.shape)) for deviation in (1, 20, 60)
    }
    return noise | {
        "blank": gray(flat),
        "black": gray(flat * 0),
        "saturated": gray(flat * 2),
        "saturated 16 bit": np.full(flat.shape, 65535, np.uint16),
        "nearly saturated": gray(rng.normal(250, 20, flat.shape)),
        "noise, shot": gray(rng.poisson(20, flat.shape) * 6.0),
        "noise, even": rng.integers(0, 256, flat.shape).astype(np.uint8),
        "noise, 16 bit": rng.integers(0, 65536, flat.shape).astype(np.uint16),
        "noise, grainy": gray(128 + 30 * grain / grain.std()),
        "gradient": gray(np.tile(np.linspace(0, 255, SIDE), (SIDE, 1))),
        "lines of a pixel": gray(np.tile([100.0, 180.0], (SIDE, SIDE // 2))),
        "checkers of a pixel": gray(np.indices(flat.shape).sum(axis=0) % 2 * 255.0),
    }


def edges() -> dict[str, GrayImage]:
    """One edge or line and nothing else: somebody may want to look at it."""
    half = np.zeros((SIDE, SIDE), np.uint8)
    half[:, SIDE // 2 :] = 255
    stripe = np.full((SIDE, SIDE), 100, np.uint8)
    stripe[:, SIDE // 2] = 200
    return {
        "half": half,
        "half below": half.T,
        "half above": 255 - half.T,
        "stripe": stripe,
        "stripe across": stripe.T,
    }


def tiny() -> dict[str, GrayImage]:
    rng = np.random.default_rng(6)
    noise: dict[str, GrayImage] = {
        f"tiny noise {size}": rng.integers(0, 256, size).astype(np.uint8) for size in TINY
    }
    return noise | {f"tiny blank {size}": np.full(size, 90, np.uint8) for size in TINY}


def covered() -> dict[str, GrayImage]:
    """Layouts with a bright square over a third of them, and as they are without it."""
    made: dict[str, GrayImage] = {}
    for family in FAMILIES:
        image = render_scene(77, family=family, kind=None).image[:SIDE, :SIDE]
        made[f"clean {family}"], made[f"covered {family}"] = image, image.copy()
        side = round(np.sqrt(image.size / 3))
        made[f"covered {family}"][20 : 20 + side, 20 : 20 + side] = int(np.iinfo(image.dtype).max * 0.9)
    return made


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, str]]]:
    """The output folder, and its table by image."""
    lot, out = tmp_path_factory.mktemp("odd"), tmp_path_factory.mktemp("out")
    for name, image in (featureless() | edges() | tiny() | covered()).items():
        (lot / f"{name}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    detect_files(lot, out, Recipe(), "cpu", JobContext())
    with (out / "detections.csv").open(newline="", encoding="utf-8") as table:
        return out, {row["image"].removesuffix(".png"): row for row in csv.DictReader(table)}


@pytest.mark.parametrize("make", [featureless, edges, tiny, covered])
def test_every_odd_image_is_measured_and_every_number_is_one(
    measured: tuple[Path, dict[str, dict[str, str]]], make: Callable[[], dict[str, GrayImage]]
) -> None:
    out, rows = measured
    for name, image in make().items():
        row = rows[name]
        assert row["error"] == "", name
        assert 0 <= float(row["score"]) <= 1, name
        values = tifffile.imread(out / row["map"])
        assert values.shape == image.shape, name
        assert np.isfinite(values).all(), name


@pytest.mark.parametrize("name", [*featureless(), *tiny()])
def test_what_has_no_layout_is_not_ng(measured: tuple[Path, dict[str, dict[str, str]]], name: str) -> None:
    row = measured[1][name]
    assert row["verdict"] != "ng", row["score"]
