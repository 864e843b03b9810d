"""`residua discover` from files to files, with an untrained detector that marks about everything."""

import csv
import json

import cv2
import numpy as np
import pytest

from core.cli.main import EXIT_NOTHING_DONE, EXIT_OK, main
from core.domain.detector_options import DetectorOptions
from core.domain.recipes import Recipe


def write_recipe(file, recipe, cut):
    cuts = recipe.thresholds.model_copy(update={"unknown_at": cut, "ng_at": cut})
    file.write_text(recipe.model_copy(update={"thresholds": cuts}).model_dump_json())
    return file


@pytest.fixture
def recipe_file(tmp_path, recipe):
    """Everything is called NG."""
    return write_recipe(tmp_path / "recipe.json", recipe, -1e6)


@pytest.fixture
def passing_recipe(tmp_path, recipe):
    """Everything is called OK."""
    return write_recipe(tmp_path / "passing.json", recipe, 1e6)


@pytest.fixture
def images(tmp_path):
    """Bright squares and dark stripes on noise, a clean one, and a file that is no image."""
    folder = tmp_path / "images"
    (folder / "sub").mkdir(parents=True)
    rng = np.random.default_rng(1)
    for number in range(9):
        image = rng.normal(100, 6, (80, 96))
        if number < 4:
            image[30:46, 30:46] += 120
        elif number < 8:
            image[30:33, 20:70] -= 80
        name = f"sub/{number}.png" if number % 2 else f"{number}.png"
        cv2.imwrite(str(folder / name), image.clip(0, 255).astype(np.uint8))
    (folder / "broken.png").write_bytes(b"")
    return folder


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def discover(images, out, recipe, *more):
    base = ["discover", str(images), "--out", str(out), "--recipe", str(recipe), "--device", "cpu"]
    return main([*base, *more])


def test_discover_writes_classes_regions_and_a_summary(images, recipe_file, tmp_path):
    labels, out = tmp_path / "labels.csv", tmp_path / "out"
    labels.write_text("image,label\n0.png,square\nsub/1.png,square\n8.png,normal\nbroken.png,stripe\n")
    assert discover(images, out, recipe_file, "--labels", str(labels)) == EXIT_OK
    classes = {row["image"]: row for row in rows_of(out / "classes.csv")}
    assert list(rows_of(out / "classes.csv")[0]) == [
        "image", "class_name", "is_novel", "confidence", "cluster_id"
    ]  # fmt: skip
    assert len(classes) == 9
    assert classes["0.png"]["class_name"] == "square"
    assert classes["8.png"]["class_name"] == "normal"
    assert {row["is_novel"] for row in classes.values()} <= {"0", "1"}
    assert all(0 <= float(row["confidence"]) <= 1 for row in classes.values())
    summary = json.loads((out / "discovery.json").read_text())
    defects = {one["name"] for one in summary["clusters"]} - {"normal"}
    assert (summary["known"], summary["labelled"]) == (1, 3)
    assert summary["estimated_total"] == len(defects)
    assert summary["interval"][0] <= summary["estimated_total"] <= summary["interval"][1]
    assert 0 <= summary["stability"] <= 1
    assert list(summary["failures"]) == ["broken.png"]
    regions = rows_of(out / "regions.csv")
    assert len(regions) == summary["regions"]
    for name in classes:
        weights = [float(row["weight"]) for row in regions if row["image"] == name]
        assert sum(weights) == pytest.approx(1, abs=1e-4)


def test_without_labels_every_class_is_novel(images, recipe_file, tmp_path):
    assert discover(images, tmp_path / "out", recipe_file) == EXIT_OK
    assert {row["is_novel"] for row in rows_of(tmp_path / "out" / "classes.csv")} == {"1"}
    assert json.loads((tmp_path / "out" / "discovery.json").read_text())["known"] == 0


def test_images_that_pass_are_defect_free(images, passing_recipe, tmp_path, capsys):
    assert discover(images, tmp_path / "out", passing_recipe) == EXIT_OK
    rows = rows_of(tmp_path / "out" / "classes.csv")
    assert {(row["class_name"], row["is_novel"]) for row in rows} == {("normal", "0")}
    summary = json.loads((tmp_path / "out" / "discovery.json").read_text())
    assert (summary["estimated_total"], summary["interval"], summary["passed"]) == (0, [0, 0], 9)
    assert "0 defect classes" in capsys.readouterr().out


def test_a_labelled_image_is_known_even_if_it_passes(images, passing_recipe, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("image,label\n0.png,square\nsub/1.png,square\n2.png,square\n4.png,stripe\n")
    assert discover(images, tmp_path / "out", passing_recipe, "--labels", str(labels)) == EXIT_OK
    classes = {row["image"]: row for row in rows_of(tmp_path / "out" / "classes.csv")}
    assert classes["4.png"]["class_name"] == "stripe"
    assert json.loads((tmp_path / "out" / "discovery.json").read_text())["known"] == 2
    assert {row["class_name"] for row in classes.values()} <= {"square", "stripe", "normal"}


def test_a_wrong_label_is_a_sentence_before_anything_is_measured(images, recipe_file, tmp_path, capsys):
    labels = tmp_path / "labels.csv"
    labels.write_text("image,label\nnowhere.png,square\n")
    assert discover(images, tmp_path / "out", recipe_file, "--labels", str(labels)) == EXIT_NOTHING_DONE
    assert "Line 2 of labels.csv names nowhere.png" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_no_readable_image_is_a_sentence(images, recipe_file, tmp_path, capsys):
    assert discover(images / "broken.png", tmp_path / "out", recipe_file) == EXIT_NOTHING_DONE
    assert capsys.readouterr().err.startswith("residua: ")


def test_the_reason_is_told_where_every_file_is_broken(recipe_file, tmp_path, capsys):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "cut off.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert discover(tmp_path / "broken", tmp_path / "out", recipe_file) == EXIT_NOTHING_DONE
    assert "cut off.png: " in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_refused_before_weights_are_read(images, tmp_path, capsys):
    (tmp_path / "taken").write_text("a file")
    lost = Recipe(name="lost", detector=DetectorOptions(weights=str(tmp_path / "nowhere.safetensors")))
    (tmp_path / "lost.json").write_text(lost.model_dump_json())
    assert discover(images, tmp_path / "taken", tmp_path / "lost.json") == EXIT_NOTHING_DONE
    told = capsys.readouterr().err
    assert "taken" in told
    assert "nowhere" not in told


def test_the_same_input_gives_the_same_classes(images, recipe_file, tmp_path):
    for name in ("a", "b"):
        assert discover(images, tmp_path / name, recipe_file) == EXIT_OK
    assert (tmp_path / "a" / "classes.csv").read_bytes() == (tmp_path / "b" / "classes.csv").read_bytes()


def test_a_manifests_own_labels_hold(images, recipe_file, tmp_path):
    manifest = tmp_path / "lot.csv"
    manifest.write_text("image,label\nimages/0.png,square\nimages/2.png,square\nimages/4.png,\n")
    assert discover(manifest, tmp_path / "out", recipe_file) == EXIT_OK
    assert json.loads((tmp_path / "out" / "discovery.json").read_text())["known"] == 1
