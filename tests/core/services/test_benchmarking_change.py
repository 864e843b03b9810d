import csv

import cv2
import numpy as np
import pytest

from core.domain.errors import UserError
from core.domain.recipes import Recipe
from core.jobs import JobContext
from core.services.benchmarking.change import benchmark_change, write_change_block
from core.services.benchmarking.change_contenders import change_contenders
from core.services.benchmarking.change_sets import ChangeCase, ChangeSet, change_sets


def pictures():
    """A board with a bridge, one pixel aside of its template; and one that did not change."""
    template = np.full((128, 128), 30, np.uint8)
    template[::16] = 200
    for row in range(1, 8):
        template[row * 16 : row * 16 + 6, 10 + 7 * row : 90 + 3 * row] = 200
    test = np.roll(template, (1, 2), (0, 1))
    test[50:62, 60:66] = 200
    return [ChangeCase(test, template, ((58, 48, 68, 64),)), ChangeCase(template, template, ())]


@pytest.fixture
def one_set():
    return ChangeSet("boards", "two boards", lambda count: iter(pictures()[:count]))


def test_every_contender_is_measured_on_the_same_pairs(one_set, tmp_path):
    rows = benchmark_change([one_set], change_contenders(Recipe(), "cpu"), 5, JobContext())
    assert rows[0].contender == "ours"
    assert {(row.pairs, row.places) for row in rows} == {(2, 1)}
    ours = rows[0]
    assert (ours.found, ours.clean_empty) == (1.0, 1.0)
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- change: begin -->\nold\n<!-- change: end -->\nafter\n")
    write_change_block(rows, page, [one_set], command="residua benchmark change")
    text = page.read_text()
    assert "| boards | ours | 2 | 1 | 1.000 |" in text
    assert "old" not in text
    assert text.startswith("before")
    assert text.rstrip().endswith("after")
    with page.with_suffix(".csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(rows)


def test_a_page_with_one_marker_is_refused(one_set, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- change: begin -->\n")
    rows = benchmark_change([one_set], {"none": lambda test, _: np.zeros(test.shape, bool)}, 1, JobContext())
    with pytest.raises(UserError, match="marker"):
        write_change_block(rows, page, [one_set], command="")


def test_generated_sets_show_held_out_layouts_with_their_changes():
    sets = {one.name: one for one in change_sets(None)}
    assert set(sets) == {"beol-held-out", "dep-held-out", "dpr-held-out"}
    cases = list(sets["dpr-held-out"].cases(4))
    assert len(cases) == 4
    for case in cases:
        assert case.test.shape == case.reference.shape
        assert all(0 <= x1 < x2 <= 448 and 0 <= y1 < y2 <= 448 for x1, y1, x2, y2 in case.boxes)


def test_public_sets_are_read_where_they_are(tmp_path):
    boards, truths = tmp_path / "deeppcb" / "g" / "1", tmp_path / "deeppcb" / "g" / "1_not"
    boards.mkdir(parents=True)
    truths.mkdir()
    case = pictures()[0]
    cv2.imwrite(str(boards / "a_test.jpg"), case.test)
    cv2.imwrite(str(boards / "a_temp.jpg"), case.reference)
    (truths / "a.txt").write_text("58 48 68 64 2\n")
    wafers = tmp_path / "wafer_pairs"
    wafers.mkdir()
    cv2.imwrite(str(wafers / "case1_inspected_image.tif"), case.test)
    cv2.imwrite(str(wafers / "case1_reference_image.tif"), case.reference)
    (wafers / "defect_locations.txt").write_text("case 1:\ndefect #1 at x=63, y=56\n")
    sets = {one.name: one for one in change_sets(tmp_path)}
    assert [case.boxes for case in sets["deeppcb"].cases(3)] == [((58, 48, 68, 64),)]
    assert [case.boxes for case in sets["wafer-pairs"].cases(3)] == [((48, 41, 78, 71),)]
    (moved,) = sets["deeppcb-moved"].cases(1)
    (still,) = sets["deeppcb"].cases(1)
    assert not np.array_equal(moved.reference, still.reference)
