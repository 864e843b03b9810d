"""The benchmark's parts on small images, and one real run through `detect`."""

import csv
import json

import cv2
import numpy as np
import pytest

from core.domain.recipes import Recipe, SegmentationOptions
from core.jobs import JobContext
from core.services.benchmarking import (
    benchmark_detection,
    benchmark_sets,
    plan_runs,
    write_figures,
    write_page,
)
from core.services.benchmarking.contenders import rivals
from core.services.benchmarking.public_sets import find_magnetic_tiles, write_magnetic_tiles


def read_table(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def write_tile(folder, name, *, side=120, defective):
    folder.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / f"{name}.jpg"), np.full((side, side), 90, np.uint8))
    mask = np.zeros((side, side), np.uint8)
    if defective:
        mask[10:20, 10:20] = 255
    cv2.imwrite(str(folder / f"{name}.png"), mask)


@pytest.fixture
def tiles(tmp_path):
    folder = tmp_path / "data" / "magnetic_tile"
    for number in range(3):
        write_tile(folder / "MT_Free", f"exp1_num_{number}", defective=False)
        write_tile(folder / "MT_Crack", f"exp1_num_{10 + number}", defective=True)
    write_tile(folder / "MT_Crack", "exp5_num_10", defective=True)
    write_tile(folder / "MT_Break", "exp1_num_20", defective=True)
    write_tile(folder / "MT_Break", "exp1_num_21", side=40, defective=True)
    return folder


def test_tiles_are_taken_once_each_and_evenly(tiles, tmp_path):
    write_magnetic_tiles(tiles, tmp_path / "set", 6)
    rows = read_table(tmp_path / "set" / "labels.csv")
    assert [row["label"] for row in rows].count("normal") == 3
    assert {row["label"] for row in rows} == {"normal", "crack", "break"}
    numbers = [row["file"].split("num_")[1] for row in rows]
    assert len(set(numbers)) == len(numbers) == 6
    assert all((tmp_path / "set" / "images" / row["file"]).is_file() for row in rows)
    assert len(list((tmp_path / "set" / "masks").iterdir())) == 3


def test_real_images_are_a_set_only_where_they_are(tiles, tmp_path):
    assert find_magnetic_tiles(tmp_path) is None
    assert [one.name for one in benchmark_sets(tiles.parent)].count("magnetic-tiles") == 1
    assert "magnetic-tiles" not in [one.name for one in benchmark_sets(None)]


def test_rivals_differ_from_ours_and_from_each_other():
    recipe = Recipe()
    fingerprints = [one.recipe.sha256 for one in rivals(recipe)] + [recipe.sha256]
    assert len(set(fingerprints)) == len(fingerprints)
    groups = {one.name: one.group for one in rivals(recipe)}
    assert groups["without residual"] == "ablation"
    assert groups["rule plateau"] == "ablation"
    assert groups["patch_knn"] == "peer"


def test_a_run_measures_ours_and_a_rival_and_writes_the_page(recipe, tiles, tmp_path):
    sets = [one for one in benchmark_sets(tiles.parent) if one.name == "magnetic-tiles"]
    plateau = recipe.model_copy(update={"segmentation": SegmentationOptions(rule="plateau")})
    runs = plan_runs(sets, plateau, with_rivals=True)
    chosen = [run for run in runs if run.contender.name in ("ours", "lattice")]
    rows = benchmark_detection(tmp_path / "out", 4, chosen, "cpu", JobContext())
    assert [row.contender.group for row in rows] == ["ours", "peer"]
    assert all(row.figures.images == 4 for row in rows)
    page = tmp_path / "docs" / "benchmarks.md"
    write_page(rows, page, command="residua benchmark detection", count=4)
    assert "| lattice |" in page.read_text()
    assert len(read_table(page.with_suffix(".csv"))) == 2
    card = tmp_path / "card.json"
    card.write_text('{"model_id": "tiny"}')
    write_figures(rows, card)
    written = json.loads(card.read_text())
    assert written["model_id"] == "tiny"
    assert written["figures"]["magnetic-tiles"]["images"] == 4
    for picture in ("benchmark-quality.png", "benchmark-cost.png"):
        assert cv2.imread(str(page.parent / picture)).std() > 0
