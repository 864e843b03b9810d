import pytest

from core.detection.registry import load_detector
from core.domain.detections import ModelVerdict
from core.domain.errors import UserError
from core.domain.recipes import DetectorOptions, Recipe, Thresholds, read_recipe
from core.jobs import JobContext
from core.lots import read_lot
from core.services.detection.calibrating import calibrate_recipe
from core.services.detection.measuring import measure_images
from tests.core.services.own_product import planted, quick_recipe, write_product


@pytest.fixture
def strict(tiny_weights):
    """By its own thresholds everything is NG."""
    recipe = quick_recipe(tiny_weights)
    return recipe.model_copy(update={"thresholds": Thresholds(unknown_at=0.0, ng_at=0.0)})


def calibrate(source, recipe, out):
    return calibrate_recipe(source, recipe, out, "cpu", JobContext())


def verdicts_of(source, recipe):
    lot = read_lot(source, JobContext())
    detector = load_detector(recipe.detector, "cpu")
    return [one.detection.verdict for one in measure_images(lot.images, detector, recipe, JobContext())]


def test_defect_free_images_pass_by_the_new_thresholds(tmp_path, strict):
    product = write_product(tmp_path / "product", 6)
    assert set(verdicts_of(product, strict)) == {ModelVerdict.NG}
    made = calibrate(product, strict, tmp_path / "new" / "recipe.json")
    assert read_recipe(tmp_path / "new" / "recipe.json") == made.recipe
    assert (made.recipe.name, made.recipe.version) == (strict.name, strict.version + 1)
    assert made.recipe.detector == strict.detector
    assert len(made.scores) == 6
    assert ModelVerdict.NG not in verdicts_of(write_product(tmp_path / "others", 6, seed=7), made.recipe)


def test_a_recipe_without_weights_is_calibrated_too_and_names_what_does_not_look_normal(tmp_path):
    product = write_product(tmp_path / "product", 8)
    write_product(product, 1, seed=2, draw=planted)
    recipe = Recipe(detector=DetectorOptions(method="patch_knn"))
    made = calibrate(product, recipe, tmp_path / "recipe.json")
    assert made.suspects == ("planted0.png",)


def test_the_same_file_may_be_written_again(tmp_path, strict):
    product = write_product(tmp_path / "product", 2)
    file = tmp_path / "recipe.json"
    first = calibrate(product, strict, file).recipe
    again = calibrate(product, read_recipe(file), file).recipe
    assert (first.version, again.version) == (2, 3)
    assert first.thresholds == again.thresholds


def test_nothing_to_measure_and_nowhere_to_write_are_sentences(tmp_path, strict):
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "broken.png").write_bytes(b"")
    with pytest.raises(UserError, match="can be used as defect-free"):
        calibrate(empty, strict, tmp_path / "recipe.json")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be made"):  # before anything is read
        calibrate(tmp_path / "nowhere", strict, tmp_path / "file" / "recipe.json")
