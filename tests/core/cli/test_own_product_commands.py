import json
import signal

import pytest

from core.cli.main import EXIT_INTERRUPTED, EXIT_NOTHING_DONE, EXIT_OK, main
from core.cli.progress import TerminalContext
from core.domain.recipes import read_recipe
from tests.core.services.own_product import quick_recipe, write_product


@pytest.fixture
def product(tmp_path):
    return write_product(tmp_path / "product", 4)


@pytest.fixture
def recipe_file(tmp_path, tiny_weights):
    file = tmp_path / "recipe.json"
    file.write_text(quick_recipe(tiny_weights, steps=4).model_dump_json())
    return file


def test_train_detector_prints_a_recipe_that_detects_with_it(product, recipe_file, tmp_path, capsys):
    model = tmp_path / "models" / "stripes.safetensors"
    (product / "broken.png").write_bytes(b"")
    arguments = ["train", "detector", str(product), "--out", str(model), "--recipe", str(recipe_file)]
    assert main([*arguments, "--device", "cpu"]) == EXIT_OK
    said = capsys.readouterr()
    assert "skipped: broken.png" in said.err
    assert "3 images trained on, 1 calibrated on, 1 skipped" in said.out
    own = tmp_path / "own.json"
    own.write_text(said.out[said.out.index("{") :])
    assert read_recipe(own).detector.weights == str(model)
    detecting = ["detect", str(product), "--out", str(tmp_path / "out"), "--recipe", str(own)]
    assert main([*detecting, "--device", "cpu"]) == EXIT_OK


def test_the_command_line_overrules_the_recipe(product, recipe_file, tmp_path, capsys):
    arguments = ["train", "detector", str(product), "--out", str(tmp_path / "m.safetensors")]
    arguments += ["--recipe", str(recipe_file)]
    assert main([*arguments, "--weights", "nowhere.safetensors"]) == EXIT_NOTHING_DONE
    assert "nowhere.safetensors do not exist" in capsys.readouterr().err
    assert main([*arguments, "--backbone", "test_vit"]) == EXIT_NOTHING_DONE
    assert "“test_vit” needs its weights" in capsys.readouterr().err


def test_chosen_files_are_as_good_as_a_folder(product, recipe_file, tmp_path, capsys):
    files = [str(path) for path in sorted(product.iterdir())[:2]]
    arguments = ["calibrate", *files, "--recipe", str(recipe_file), "--out", str(tmp_path / "new.json")]
    assert main([*arguments, "--device", "cpu"]) == EXIT_OK
    assert "2 images measured" in capsys.readouterr().out
    made = json.loads((tmp_path / "new.json").read_text())
    assert 0 < made["thresholds"]["unknown_at"] <= made["thresholds"]["ng_at"] < 1


def test_ctrl_c_keeps_the_state_and_the_same_call_goes_on(product, recipe_file, tmp_path, monkeypatch):
    model = tmp_path / "stripes.safetensors"
    arguments = ["train", "detector", str(product), "--recipe", str(recipe_file), "--out", str(model)]
    report = TerminalContext.report

    def press_ctrl_c(ctx, done, total, text=""):
        report(ctx, done, total, text)
        if text.startswith("NI head") and done == 2:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patched:
        patched.setattr(TerminalContext, "report", press_ctrl_c)
        assert main([*arguments, "--device", "cpu"]) == EXIT_INTERRUPTED
    checkpoint = tmp_path / "stripes.checkpoint.safetensors"
    assert checkpoint.is_file()
    assert not model.exists()
    assert main([*arguments, "--device", "cpu"]) == EXIT_OK
    assert model.is_file()
    assert not checkpoint.exists()
