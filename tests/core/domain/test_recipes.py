import json

import pytest

from core.domain.errors import UserError
from core.domain.recipes import Recipe, read_recipe


def test_a_recipe_comes_back_with_its_fingerprint(tmp_path):
    recipe = Recipe(name="M1 strict")
    file = tmp_path / "recipe.json"
    file.write_text(recipe.model_dump_json())
    assert read_recipe(file) == recipe
    assert read_recipe(file).sha256 == recipe.sha256


def test_the_fingerprint_follows_values_and_no_formatting(tmp_path):
    recipe = Recipe()
    file = tmp_path / "recipe.json"
    file.write_text(json.dumps(json.loads(recipe.model_dump_json()), indent=4))
    assert read_recipe(file).sha256 == recipe.sha256
    changed = recipe.model_copy(
        update={"segmentation": recipe.segmentation.model_copy(update={"min_area_px": 10})}
    )
    assert changed.sha256 != recipe.sha256


def test_recipes_that_measure_alike_have_one_fingerprint():
    plain = Recipe().model_dump()
    for section, key, value in (
        ("training", "steps", 9),
        ("training", "seed", 2),
        ("detector", "batch_size", 16),
    ):
        other = Recipe.model_validate(plain | {section: plain[section] | {key: value}})
        assert other.sha256 == Recipe().sha256, key
    assert Recipe(name="M1 strict", version=7).sha256 == Recipe().sha256


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("detector", "weights", "own.safetensors"),
        ("detector", "mutual_images", 4),
        ("segmentation", "border_px", 3),
        ("thresholds", "ng_at", 0.9),
    ],
)
def test_what_changes_a_measurement_changes_the_fingerprint(section, key, value):
    assert Recipe.model_validate({section: {key: value}}).sha256 != Recipe().sha256


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"nme": "x"}', "nme"),
        ('{"detector": {"batch_size": 0}}', "detector.batch_size"),
        ('{"thresholds": {"unknown_at": 0.9, "ng_at": 0.1}}', "thresholds"),
        ('{"segmentation": {"floor": NaN}}', "segmentation.floor"),
        ("not json", "the file"),
    ],
)
def test_what_is_wrong_in_a_recipe_is_named(tmp_path, text, place):
    file = tmp_path / "recipe.json"
    file.write_text(text)
    with pytest.raises(UserError, match=place):
        read_recipe(file)


def test_a_missing_recipe_is_a_sentence(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        read_recipe(tmp_path / "recipe.json")
