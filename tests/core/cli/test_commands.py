import csv
import os
import signal
import subprocess
import sys

import cv2
import numpy as np
import pytest
import tifffile
import timm
from safetensors.torch import save_file

from core.cli.main import EXIT_INTERRUPTED, EXIT_NOTHING_DONE, EXIT_OK, main


@pytest.fixture
def recipe_file(tmp_path, recipe):
    file = tmp_path / "recipe.json"
    file.write_text(recipe.model_dump_json())
    return file


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "images"
    (folder / "W01").mkdir(parents=True)
    rng = np.random.default_rng(1)
    for name in ("W01/a.png", "W01/a.tif", "Ωmega.bmp"):
        image = rng.integers(0, 256, (70, 90)).astype(np.uint8)
        (folder / name).write_bytes(cv2.imencode(name[-4:], image)[1].tobytes())
    tifffile.imwrite(folder / "stack.tif", rng.integers(0, 4096, (2, 64, 64)).astype(np.uint16))
    (folder / "empty.png").write_bytes(b"")
    return folder


def rows_of(folder):
    with (folder / "detections.csv").open(newline="", encoding="utf-8") as stream:
        return {row["image"]: row for row in csv.DictReader(stream)}


def test_detect_writes_the_table_the_maps_and_the_masks(images, recipe_file, tmp_path):
    out = tmp_path / "out"
    assert (
        main(["detect", str(images), "--out", str(out), "--recipe", str(recipe_file), "--device", "cpu"])
        == EXIT_OK
    )
    rows = rows_of(out)
    assert set(rows) == {
        "W01/a.png", "W01/a.tif", "Ωmega.bmp", "stack.tif#page=1", "stack.tif#page=2", "empty.png"
    }  # fmt: skip
    assert rows["empty.png"]["error"]
    assert rows["empty.png"]["score"] == ""
    maps = [row["map"] for row in rows.values() if row["map"]]
    assert len(set(maps)) == 5
    assert rows["Ωmega.bmp"]["map"] == "maps/Ωmega.tif"
    for row in rows.values():
        if row["map"]:
            values = tifffile.imread(out / row["map"])
            mask = cv2.imdecode(np.fromfile(out / row["mask"], np.uint8), cv2.IMREAD_UNCHANGED)
            assert values.dtype == np.float32
            assert values.shape == mask.shape
            assert set(np.unique(mask)) <= {0, 255}
            assert int(row["area_px"]) == np.count_nonzero(mask)
            assert row["verdict"] in {"ok", "unknown", "ng"}


def test_detect_takes_a_single_file(images, recipe_file, tmp_path):
    out = tmp_path / "out"
    arguments = ["detect", str(images / "Ωmega.bmp"), "--out", str(out), "--recipe", str(recipe_file)]
    assert main(arguments) == EXIT_OK
    assert set(rows_of(out)) == {"Ωmega.bmp"}
    assert (out / "maps" / "Ωmega.tif").is_file()
    assert (out / "masks" / "Ωmega.png").is_file()


@pytest.mark.parametrize("source", ["nowhere", "images/empty.png"])
def test_detect_says_when_nothing_could_be_done(images, recipe_file, tmp_path, source, capsys):
    arguments = [
        "detect",
        str(tmp_path / source),
        "--out",
        str(tmp_path / "out"),
        "--recipe",
        str(recipe_file),
    ]
    assert main(arguments) == EXIT_NOTHING_DONE
    assert capsys.readouterr().err.startswith("residua: ")


def test_a_bad_recipe_is_a_sentence(images, tmp_path, capsys):
    recipe = tmp_path / "recipe.json"
    recipe.write_text('{"detector": {"methd": "x"}}')
    arguments = ["detect", str(images), "--out", str(tmp_path / "out"), "--recipe", str(recipe)]
    assert main(arguments) == EXIT_NOTHING_DONE
    assert "detector.methd" in capsys.readouterr().err


def test_a_read_only_place_is_a_sentence(images, recipe_file, tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    arguments = ["detect", str(images), "--out", str(blocked / "out"), "--recipe", str(recipe_file)]
    assert main(arguments) == EXIT_NOTHING_DONE
    assert "cannot be written" in capsys.readouterr().err


def test_demo_and_export_by_path_and_by_name(tmp_path, monkeypatch):
    monkeypatch.setenv("RESIDUA_HOME", str(tmp_path / "home"))
    lot = tmp_path / "demo"
    assert main(["demo", str(lot)]) == EXIT_OK
    assert main(["export", str(lot), "--format", "csv", "--out", str(tmp_path / "a.csv")]) == EXIT_OK
    assert main(["export", "demo", "--format", "html", "--out", str(tmp_path / "b.html")]) == EXIT_OK
    assert (tmp_path / "b.html").read_text(encoding="utf-8").lstrip().startswith("<!doctype html>")
    assert (
        main(["export", "no such lot", "--format", "csv", "--out", str(tmp_path / "c.csv")])
        == EXIT_NOTHING_DONE
    )


def test_the_parser_does_not_import_torch():
    code = "import sys, core.cli.main; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0


def test_ctrl_c_stops_a_training_with_its_state_saved(tmp_path):
    command = [
        sys.executable,
        "-m",
        "core.cli",
        "train",
        "default",
        "--out",
        str(tmp_path),
        "--device",
        "cpu",
    ]
    command += ["--backbone", "residua_test", "--images", "16", "--calibration-images", "4", "--batch", "2"]
    training = subprocess.Popen([*command, "--matching-steps", "1000000"], stderr=subprocess.PIPE, text=True)
    assert training.stderr is not None
    assert any("encoder and matching" in line for line in training.stderr)  # read up to there, and no further
    training.send_signal(signal.SIGINT)
    _, said = training.communicate(timeout=120)
    assert training.returncode == EXIT_INTERRUPTED
    assert "interrupted" in said
    assert (tmp_path / "phase1.safetensors").is_file()


def test_a_vit_of_the_users_own_takes_the_place_of_the_backbone(images, tmp_path, capsys):
    vit = tmp_path / "vit.safetensors"
    save_file(timm.create_model("test_vit", pretrained=False, num_classes=0).state_dict(), vit)
    out = tmp_path / "head"
    training = ["train", "head", "--backbone", "test_vit", "--backbone-weights", str(vit), "--out", str(out)]
    sizes = ["--images", "8", "--calibration-images", "6", "--batch", "2", "--head-steps", "3"]
    assert main([*training, *sizes, "--device", "cpu"]) == EXIT_OK
    recipe = tmp_path / "vit.json"
    said = capsys.readouterr().out
    recipe.write_text(said[said.index("{") :])
    results = tmp_path / "vit-out"
    assert main(["detect", str(images), "--out", str(results), "--recipe", str(recipe)]) == EXIT_OK
    assert sum(row["score"] != "" for row in rows_of(results).values()) == 5


def test_a_recorded_detection_stands_in_the_report(images, recipe_file, tmp_path, monkeypatch):
    monkeypatch.setenv("RESIDUA_HOME", str(tmp_path / "home"))
    detecting = ["detect", str(images), "--out", str(tmp_path / "out"), "--recipe", str(recipe_file)]
    assert main([*detecting, "--record"]) == EXIT_OK
    assert main(["export", str(images), "--format", "csv", "--out", str(tmp_path / "report.csv")]) == EXIT_OK
    with (tmp_path / "report.csv").open(newline="", encoding="utf-8-sig") as stream:
        scores = {row["image_path"]: row["score"] for row in csv.DictReader(stream)}
    measured = rows_of(tmp_path / "out")
    assert {name for name, score in scores.items() if score} == {
        name for name, row in measured.items() if row["score"]
    }
