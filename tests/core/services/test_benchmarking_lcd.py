import csv

import numpy as np
import pytest

from core.jobs import JobContext
from core.services.benchmarking.change_contenders import panel_contenders
from core.services.benchmarking.change_lcd import benchmark_lcd
from core.services.benchmarking.change_lcd_page import write_lcd_block
from core.services.benchmarking.change_lcd_runs import CONTENDERS, cells
from core.services.training.lcd import LcdPlan

PLAN = LcdPlan(side=64, train_pairs=8, test_pairs=8, steps=1, tuning_steps=1, crop=64, batch=1)


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    return benchmark_lcd(PLAN, tmp_path_factory.mktemp("lcd"), "cpu", JobContext())


def test_decoders_are_in_the_form_that_the_classes_ask_for():
    forms = {cell.column: cell.run.form for cell in cells() if cell.contender == "CADNet"}
    assert {forms[name] for name in ("LL", "AA", "5 %", "10 %", "15 %")} == {"intra_class"}
    assert {forms[name] for name in ("LA", "AL", "0 %")} == {"out_of_class"}
    appearance = {cell.run.form for cell in cells() if cell.contender != "CADNet"}
    assert appearance == {"appearance"}


def test_every_contender_stands_in_every_table_that_it_can(figures):
    columns = {}
    for row in figures.rows:
        columns.setdefault((row.table, row.contender), set()).add(row.column)
        assert 0 <= row.iou <= row.f <= 1
    for contender in (*CONTENDERS, "registered difference", "SSIM"):
        assert columns["classes", contender] == {"line", "points", "mean"}
        assert columns["cross", contender] == {"LL", "AA", "LA", "AL"}
    assert columns["labels", "CADNet"] == {"0 %", "5 %", "10 %", "15 %"}
    assert figures.costs["CADNet"].parameters < 4e6


def test_the_tables_are_put_into_a_page(figures, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n")
    write_lcd_block(figures, PLAN, page, command="residua benchmark change --synlcd")
    text = page.read_text()
    assert text.startswith("before")
    assert "| SSIM | – | – |" in text
    assert "| 0 % | 5 % | 10 % | 15 % |" in text
    with (tmp_path / "page-synlcd.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(figures.rows)


def test_plain_contenders_see_a_change_of_colour_alone():
    reference = np.random.default_rng(1).integers(0, 12, (64, 64, 3)).astype(np.uint8) + 100
    test = reference.copy()
    test[20:34, 20:34] += np.array([90, 0, 0], np.uint8)
    test[20:34, 20:34, 1] -= 45
    for name, read in panel_contenders().items():
        found = read(test, reference)
        assert found[14:40, 14:40].any(), name
        assert not found[:8].any(), name
