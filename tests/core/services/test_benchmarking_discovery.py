"""The benchmarks of discovery on small images and made-up embeddings."""

import csv

import cv2
import numpy as np
import pytest

from core.discovery.kmeans import unit_rows
from core.domain.errors import UserError
from core.domain.maps import Mask, ScoreMap
from core.jobs import JobContext
from core.lots import read_lot
from core.segmentation import find_regions
from core.services.benchmarking.counting import CountingRow, benchmark_counting
from core.services.benchmarking.counting_sets import REGIMES, make_counting_set
from core.services.benchmarking.discovery_contenders import discovery_contenders
from core.services.benchmarking.discovery_cuts import (
    cut_at_fixed,
    cut_at_otsu,
    cut_hard,
    cut_whole,
    cut_without_mask,
)
from core.services.benchmarking.discovery_measuring import benchmark_discovery
from core.services.benchmarking.discovery_page import write_counting_block, write_discovery_block
from core.services.benchmarking.discovery_sets import DiscoverySet, discovery_sets
from core.services.detection.specimens import Specimen, cut_peak, cut_specimen


def write_small(folder, count):
    """Squares and stripes; half of the squares are told."""
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(3)
    truth = []
    for number in range(count):
        image = rng.normal(100, 6, (80, 80))
        kind = ("square", "stripe")[number % 2]
        image[(np.s_[30:46, 30:46], np.s_[30:33, 10:70])[number % 2]] += 110
        cv2.imwrite(str(folder / "images" / f"{number}.png"), image.clip(0, 255).astype(np.uint8))
        truth.append((f"{number}.png", kind))
    told = [row for row in truth[: count // 2] if row[1] == "square"]
    for name, column, rows in (("truth", "file", truth), ("labels", "image", told)):
        with (folder / f"{name}.csv").open("w", newline="") as stream:
            csv.writer(stream).writerows([(column, "label"), *rows])


@pytest.fixture(scope="module")
def specimen(tmp_path_factory):
    """A map with a strong and a weak spot."""
    folder = tmp_path_factory.mktemp("one")
    cv2.imwrite(str(folder / "a.png"), np.full((100, 120), 90, np.uint8))
    record = read_lot(folder, JobContext()).images[0]
    values = np.zeros((100, 120), np.float32)
    values[20:30, 20:30] = 0.9
    values[70:76, 90:96] = 0.3
    mask = values > 0.2
    return Specimen(
        record,
        np.full((100, 120), 90, np.uint8),
        ScoreMap(values, 1.0),
        Mask(mask),
        find_regions(mask, values),
        passed=False,
        floor=0.1,
    )


def test_ablations_change_what_they_say(specimen):
    ours = cut_specimen(specimen)
    assert len(ours) == 2
    assert not any(crop.soft_mask.any() for crop in cut_without_mask(specimen))
    assert set(np.unique(cut_hard(specimen)[0].soft_mask)) == {0, 1}
    assert 0 < ours[0].soft_mask.max() < 1
    assert len(cut_at_fixed(specimen)) == 1
    assert len(cut_at_otsu(specimen)) >= 1
    assert [crop.pixels.shape for crop in cut_whole(specimen)] == [(100, 100)]
    assert cut_whole(specimen)[0].soft_mask.max() == pytest.approx((0.9 - 0.1) / 0.9)


def test_without_a_region_the_crop_lies_around_the_peak(specimen):
    (crop,) = cut_peak(specimen)
    assert crop.region.bbox_xywh[:2] == (20, 20)
    assert crop.soft_mask.any()


def test_a_run_measures_ours_and_rivals_and_writes_the_block(recipe, tmp_path):
    cuts = recipe.thresholds.model_copy(update={"unknown_at": -1e6, "ng_at": -1e6})
    marking = recipe.model_copy(
        update={"thresholds": cuts, "discovery": recipe.discovery.model_copy(update={"embedding": "raw"})}
    )
    wanted = ("ours", "hard mask", "k-means on raw features", "HDBSCAN")
    chosen = [one for one in discovery_contenders() if one.name in wanted]
    small = DiscoverySet("small", "squares and stripes", write_small)
    rows = benchmark_discovery(tmp_path, 16, [small], chosen, marking, "cpu", JobContext())
    assert tuple(row.contender.name for row in rows) == wanted
    assert all(row.figures.images == 12 and row.figures.classes == 2 for row in rows)
    assert all(row.seconds > 0 for row in rows)
    page = tmp_path / "docs" / "discovery.md"
    page.parent.mkdir()
    page.write_text("# Kept\n\n<!-- discovery: begin -->\nold\n<!-- discovery: end -->\n\nkept too\n")
    write_discovery_block(rows, page, command="residua benchmark discovery")
    text = page.read_text()
    assert text.startswith("# Kept")
    assert text.endswith("kept too\n")
    assert "old" not in text
    assert "| HDBSCAN |" in text
    assert (page.parent / "discovery-quality.png").is_file()
    assert len(list(csv.DictReader((page.parent / "discovery.csv").read_text().splitlines()))) == 4


def test_contenders_have_names_of_their_own_and_ours_is_first():
    names = [one.name for one in discovery_contenders()]
    assert len(set(names)) == len(names)
    assert names[0] == "ours"


def test_sets_tell_half_of_the_classes(tmp_path):
    sets = {one.name: one for one in discovery_sets(None)}
    assert {"beol", "dep", "dpr", "beol-to-dep", "dpr-to-beol"} <= set(sets)
    assert "magnetic-tiles" not in sets
    sets["dep"].write(tmp_path, 10)
    truth = dict(csv.reader((tmp_path / "truth.csv").read_text().splitlines()[1:]))
    told = dict(csv.reader((tmp_path / "labels.csv").read_text().splitlines()[1:]))
    assert set(told) <= set(truth)
    assert all(truth[name] == label for name, label in told.items())
    assert len(set(truth.values()) - {"normal"}) == 4
    assert set(told.values()) <= {"normal", "particle", "crack"}
    assert all((tmp_path / "images" / name).is_file() for name in truth)


@pytest.mark.parametrize("regime", REGIMES)
def test_made_up_sets_are_what_they_say(regime):
    one, same = make_counting_set(regime, 3), make_counting_set(regime, 3)
    assert np.array_equal(one.embeddings, same.embeddings)
    assert np.allclose(unit_rows(one.embeddings), one.embeddings, atol=1e-5)
    assert set(np.unique(one.classes)) - {-1} == set(range(one.total))
    assert set(np.unique(one.labels)) - {-1} == set(range(one.known))
    told = one.labels >= 0
    assert (one.labels[told] == one.classes[told]).all()


def test_counting_is_measured_by_rule_and_put_between_markers(tmp_path):
    rows = benchmark_counting(1, JobContext())
    assert {row.regime for row in rows} == set(REGIMES)
    assert {row.rule for row in rows if row.regime == REGIMES[0]} >= {"combined", "dtc", "gcd", "brent"}
    brent = [row for row in rows if row.rule == "brent"]
    assert all(row.bias < 0 for row in brent)
    page = tmp_path / "page.md"
    for _ in range(2):
        write_counting_block(rows, page, command="residua benchmark counting", sets=1)
    assert page.read_text().count("counting: begin") == 1


def test_half_a_pair_of_markers_is_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- counting: begin -->")
    with pytest.raises(UserError, match="one of the markers"):
        write_counting_block([CountingRow("x", "y", 0, 1, 0, 1)], page, command="c", sets=1)
