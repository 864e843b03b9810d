from pathlib import Path

import cv2
import numpy as np
import pytest

from core.domain.errors import UserError
from core.jobs import JobContext
from core.lots import read_lot
from core.lots.references import with_golden_die
from core.lots.sources import list_folder


@pytest.fixture
def folder(tmp_path):
    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.random.default_rng(len(name)).integers(0, 256, (24, 24)).astype(np.uint8)
            cv2.imwrite(str(path), pixels)
        return tmp_path

    return make


def pairs_of(lot):
    return {image.name: image.reference and image.reference.name for image in lot.images}


def test_references_beside_their_images_are_known_by_name_and_are_no_images_of_the_lot(folder):
    lot = read_lot(
        folder(
            "a_test.png", "a_temp.png", "case1_inspected_image.tif", "case1_reference_image.tif", "other.png"
        ),
        JobContext(),
    )
    assert pairs_of(lot) == {
        "a_test.png": "a_temp.png",
        "case1_inspected_image.tif": "case1_reference_image.tif",
        "other.png": None,
    }


def test_a_word_within_a_word_is_no_rule(folder):
    lot = read_lot(folder("contest.png", "contemp.png", "latest_1.png", "latemp_1.png"), JobContext())
    assert set(pairs_of(lot).values()) == {None}
    assert len(lot.images) == 4


def test_a_reference_lies_in_the_folder_of_its_image(folder):
    lot = read_lot(folder("w1/a_test.png", "w2/a_temp.png"), JobContext())
    assert pairs_of(lot) == {"w1/a_test.png": None, "w2/a_temp.png": None}


def test_a_golden_image_is_everybodys_reference(folder):
    root = folder("lot/a.png", "lot/b.png", "golden.png")
    lot = read_lot(root / "lot", JobContext(), root / "golden.png")
    assert pairs_of(lot) == {"a.png": "golden.png", "b.png": "golden.png"}


def test_a_folder_of_references_holds_namesakes_of_any_suffix(folder):
    root = folder("lot/x/a.png", "lot/b_test.png", "lot/c.png", "good/x/A.tif", "good/b_temp.png")
    lot = read_lot(root / "lot", JobContext(), root / "good")
    assert pairs_of(lot) == {"x/a.png": "A.tif", "b_test.png": "b_temp.png", "c.png": None}


def test_another_die_of_the_lot_is_a_reference_but_not_of_itself(folder):
    root = folder("die_1/a.png", "die_1/b.png", "die_2/a.png", "die_3/b.png", "die_3/c.png")
    by_folder = read_lot(root, JobContext(), root / "die_1")
    assert {image.name: image.reference for image in by_folder.images} == {
        "die_1/a.png": None,
        "die_1/b.png": None,
        "die_2/a.png": root / "die_1/a.png",
        "die_3/b.png": root / "die_1/b.png",
        "die_3/c.png": None,
    }
    by_file = read_lot(root, JobContext(), root / "die_1/a.png")
    assert [image.name for image in by_file.images if image.reference is None] == ["die_1/a.png"]


def test_names_that_differ_in_the_die_alone_are_the_same_site(folder):
    root = folder("die1_s5.png", "die2_s5.png", "die13_s5.tif", "die2_s7.png", "mydie4_s5.png")
    found = {entry.name: entry.reference for entry in with_golden_die(list_folder(root), "Die1").entries}
    assert {name for name, path in found.items() if path == root / "die1_s5.png"} == {
        "die2_s5.png",
        "die13_s5.tif",
    }
    assert {name for name, path in found.items() if path is None} == {
        "die1_s5.png",
        "die2_s7.png",
        "mydie4_s5.png",
    }


@pytest.mark.parametrize("word", ["die", "die9", "", "1)"])
def test_a_word_that_names_no_die_is_refused(folder, word):
    listing = list_folder(folder("die1_s5.png", "die2_s5.png"))
    with pytest.raises(UserError):
        with_golden_die(listing, word)


@pytest.mark.parametrize("reference", ["missing", "notes.txt", "empty"])
def test_references_that_are_none_are_refused_in_a_sentence(folder, reference):
    root = folder("lot/a.png", "empty/z.png")
    (root / "notes.txt").write_text("no image")
    with pytest.raises(UserError):
        read_lot(root / "lot", JobContext(), Path(root / reference))
