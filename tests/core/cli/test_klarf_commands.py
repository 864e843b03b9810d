from pathlib import Path

import numpy as np
import pytest
import tifffile

from core.cli.main import EXIT_NOTHING_DONE, EXIT_OK, main
from tests.core.klarf.files import flat


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESIDUA_HOME", str(tmp_path / "home"))
    pages = np.random.default_rng(1).integers(60, 190, (3, 70, 90), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "s.tif", pages, photometric="minisblack")
    (tmp_path / "lot.001").write_text(flat())
    return tmp_path / "lot.001"


def test_export_without_decisions_is_the_identical_file(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = source.parent / "out.001"
    assert main(["export", str(source), "--format", "klarf", "--out", str(out)]) == EXIT_OK
    assert out.read_bytes() == source.read_bytes()
    assert "0 of 3 defects" in capsys.readouterr().out
    assert main(["export", "lot", "--format", "klarf", "--out", str(out), "--preview"]) == EXIT_OK
    assert "nothing would change" in capsys.readouterr().out
    assert main(["export", "lot", "--format", "klarf", "--out", str(source)]) == EXIT_NOTHING_DONE


def test_a_broken_klarf_is_refused_with_its_line(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source.write_text(flat().replace(" 0 0\n 1 0;", " 0 0\n 1;"))
    assert main(["export", str(source), "--format", "klarf", "--out", "x"]) == EXIT_NOTHING_DONE
    assert "lot.001, line 13, column 1" in capsys.readouterr().err


def test_detect_takes_a_klarf(source: Path, recipe, tmp_path: Path) -> None:
    recipe_file = tmp_path / "recipe.json"
    recipe_file.write_text(recipe.model_dump_json())
    out = tmp_path / "out"
    arguments = ["detect", str(source), "--out", str(out), "--recipe", str(recipe_file), "--device", "cpu"]
    assert main(arguments) == EXIT_OK
    table = (out / "detections.csv").read_text()
    assert "s.tif#page=1," in table
    assert "s.tif#page=3" in table  # the reference of the second
