import csv

import cv2
import numpy as np
import pytest

from core.domain.errors import UserError
from core.domain.recipes import ReferenceOptions, Thresholds
from core.jobs import JobContext
from core.lots import read_lot
from core.services.detection.comparing import load_comparing
from core.services.detection.files import detect_files
from core.synthesis import render_pair


@pytest.fixture(scope="module")
def pair():
    """A defective test, shifted against its reference, with its true mask."""
    return render_pair(4, family="multilevel_routing", kind="bridge", size_hw=(256, 256), max_shift_px=8)


@pytest.fixture
def lot(tmp_path, pair):
    """`bad` has changed, `good` has not, `lost` has a reference of another place, `alone` has none."""
    folder = tmp_path / "lot"
    folder.mkdir()
    rng = np.random.default_rng(1)
    for name, pixels in {
        "bad_test": pair.test.image,
        "bad_temp": pair.reference.image,
        "good_test": pair.reference.image,
        "good_temp": np.roll(pair.reference.image, (3, -5), (0, 1)),
        "lost_test": pair.test.image,
        "lost_temp": rng.integers(0, 256, (256, 256)).astype(np.uint8),
        "alone": pair.test.image,
    }.items():
        cv2.imwrite(str(folder / f"{name}.png"), pixels)
    return folder


def detect(folder, tmp_path, recipe, references=None):
    out = tmp_path / "out"
    detect_files(folder, out, recipe, "cpu", JobContext(), references=references)
    with (out / "detections.csv").open(newline="", encoding="utf-8") as stream:
        return out, {row["image"]: row for row in csv.DictReader(stream)}


def test_images_with_a_trusted_reference_are_compared_and_the_others_are_measured_alone(
    lot, tmp_path, recipe, pair
):
    out, rows = detect(lot, tmp_path, recipe)
    assert set(rows) == {"alone.png", "bad_test.png", "good_test.png", "lost_test.png"}
    bad, good, lost, alone = (
        rows[name] for name in ("bad_test.png", "good_test.png", "lost_test.png", "alone.png")
    )
    assert (bad["verdict"], good["verdict"]) == ("ng", "ok")
    assert float(bad["align_dx"]) == pytest.approx(pair.shift_xy[0], abs=0.7)
    assert float(bad["align_dy"]) == pytest.approx(pair.shift_xy[1], abs=0.7)
    assert (bad["align_ambiguous"], lost["align_ambiguous"]) == ("0", "")
    mask = cv2.imread(str(out / bad["mask"]), cv2.IMREAD_GRAYSCALE) > 0
    assert mask[pair.test.mask].any()
    assert bad["model_id"] != alone["model_id"] == lost["model_id"]
    assert lost["align_problem"] == "The reference does not show this place."
    assert lost["align_dx"] == "" == alone["reference"] == alone["align_problem"]
    assert lost["score"] == alone["score"]


def test_a_reference_that_cannot_be_read_is_none_and_says_why(lot, tmp_path, recipe):
    (lot / "bad_temp.png").write_bytes(b"\x89PNG")
    manifest = lot / "lot.csv"
    manifest.write_text("image,reference\nbad_test.png,bad_temp.png\nalone.png,gone.png\n")
    _, rows = detect(manifest, tmp_path, recipe)
    assert "bad_temp.png" in rows["bad_test.png"]["align_problem"]
    assert "gone.png" in rows["alone.png"]["align_problem"]
    assert rows["bad_test.png"]["score"]


def test_a_folder_of_references_is_followed(lot, tmp_path, recipe, pair):
    golden = tmp_path / "golden.png"
    cv2.imwrite(str(golden), pair.reference.image)
    _, rows = detect(lot / "alone.png", tmp_path, recipe, references=golden)
    assert rows["alone.png"]["verdict"] == "ng"
    assert rows["alone.png"]["reference"] == str(golden)


def test_a_recipe_may_look_away(lot, tmp_path, recipe):
    off = recipe.model_copy(update={"reference": ReferenceOptions(mode="off")})
    _, rows = detect(lot, tmp_path, off)
    assert {row["model_id"] for row in rows.values()} == {"tiny"}
    assert {row["reference"] for row in rows.values()} == {""}
    assert off.sha256 != recipe.sha256


def test_a_recipes_cuts_on_comparisons_are_its_own(lot, recipe):
    records = read_lot(lot, JobContext()).images
    given = ReferenceOptions(thresholds=Thresholds(unknown_at=0.01, ng_at=0.02), floor=0.03)
    cuts = load_comparing(recipe.model_copy(update={"reference": given}), "cpu", records).cuts
    assert (cuts.unknown_at, cuts.ng_at, cuts.floor) == (0.01, 0.02, 0.03)
    contradicting = ReferenceOptions(thresholds=Thresholds(unknown_at=0.999))
    with pytest.raises(UserError, match="contradict"):
        load_comparing(recipe.model_copy(update={"reference": contradicting}), "cpu", records)


def test_without_any_reference_nothing_is_loaded(lot, recipe):
    records = [record for record in read_lot(lot, JobContext()).images if record.reference is None]
    assert load_comparing(recipe, "cpu", records) is None
