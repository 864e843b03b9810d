import csv
from pathlib import Path

import pytest

from core.domain.errors import UserError
from core.jobs import JobContext
from core.services.benchmarking.klarf import benchmark_klarf, write_klarf_block
from tests.core.klarf.files import ROWS, flat, nested


def test_figures_of_generated_files_and_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.001").write_text(flat())
    (folder / "b.klarf").write_text(nested())
    (folder / "c.001").write_text(flat((*ROWS[:2], ROWS[2] + " 9")))
    (folder / "notes.txt").write_text("no KLARF")
    figures = benchmark_klarf(tmp_path / "out", 40, folder, JobContext())
    counts = {one.what: one.value for one in figures if not one.unit}
    assert counts["generated files identical after reading and writing"] == 2
    assert counts["files of the folder"] == 3
    assert counts["refused with line and column"] == 1
    assert counts["folder's files identical after reading and writing"] == 2
    assert counts["random class edits of the folder's files"] == 1000
    assert counts["tokens beside those edited that are others afterwards"] == 0
    page = tmp_path / "docs" / "klarf.md"
    write_klarf_block(figures, page, command="residua benchmark klarf")
    assert "| files of the folder | 3 | |" in page.read_text()
    with page.with_suffix(".csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(figures)


def test_a_folder_without_a_klarf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="holds no KLARF"):
        benchmark_klarf(tmp_path / "out", 5, tmp_path / "empty", JobContext())
