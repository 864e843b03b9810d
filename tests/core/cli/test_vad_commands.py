import pytest

from core.cli.main import EXIT_NOTHING_DONE, EXIT_OK, main
from core.domain.recipes import read_recipe
from tests.core.services.own_product import planted, write_product

SMALL = ["--side", "32", "--width", "2", "--steps", "4", "--batch", "2", "--device", "cpu"]


@pytest.fixture
def product(tmp_path):
    return write_product(tmp_path / "product", 6)


def test_train_vad_prints_a_recipe_that_detects_and_reports(product, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("RESIDUA_HOME", str(tmp_path / "home"))
    model = tmp_path / "stripes.safetensors"
    (product / "broken.png").write_bytes(b"")
    assert main(["train", "vad", str(product), "--method", "riad", "--out", str(model), *SMALL]) == EXIT_OK
    said = capsys.readouterr()
    assert "skipped: broken.png" in said.err
    assert "4 images learned from, 2 calibrated on, 1 skipped" in said.out
    own = tmp_path / "own.json"
    own.write_text(said.out[said.out.index("{") :])
    assert read_recipe(own).detector.method == "riad"
    write_product(product, 2, draw=planted)
    out = tmp_path / "out"
    assert (
        main(["detect", str(product), "--out", str(out), "--recipe", str(own), "--device", "cpu"]) == EXIT_OK
    )
    assert len(list((out / "maps").glob("*.tif"))) == 8


def test_the_recipe_can_name_the_method(product, tmp_path, capsys):
    recipe = tmp_path / "recipe.json"
    recipe.write_text('{"detector": {"method": "f_anogan", "input_size": 64}}')
    arguments = [
        "train",
        "vad",
        str(product),
        "--out",
        str(tmp_path / "m.safetensors"),
        "--recipe",
        str(recipe),
    ]
    assert main([*arguments, *SMALL[2:]]) == EXIT_OK
    assert '"method": "f_anogan"' in capsys.readouterr().out
    recipe.write_text("{}")
    assert main([*arguments, *SMALL[2:]]) == EXIT_NOTHING_DONE
    assert "Choose one with --method" in capsys.readouterr().err


def test_benchmark_vad_writes_its_page(tmp_path, capsys):
    arguments = ["benchmark", "vad", "--out", str(tmp_path), "--methods", "f_anogan", "--images", "8"]
    assert main([*arguments, "--side", "32", "--steps", "3"]) == EXIT_OK
    text = capsys.readouterr().out
    assert "residua benchmark vad --out DIR --methods f_anogan --images 8 --side 32 --steps 3" in text
    assert "| f-AnoGAN |" in text
    assert (tmp_path / "vad.csv").is_file()
