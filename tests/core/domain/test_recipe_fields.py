"""What an editor reads of recipes comes from the recipe's own models."""

import pytest
from pydantic import ValidationError

from core.domain.recipe_changes import compare_recipes
from core.domain.recipe_editing import METHOD, check_form, fields_in_use, form_values
from core.domain.recipe_fields import FieldKind, recipe_fields, value_at
from core.domain.recipes import DetectorOptions, Recipe, SegmentationOptions, Thresholds

BY_PATH = {field.path: field for field in recipe_fields()}
NUMBERS = [field for field in recipe_fields() if field.kind in (FieldKind.INTEGER, FieldKind.NUMBER)]


def with_value(path, value):
    tree = Recipe().model_dump()
    section = tree
    for key in path[:-1]:
        section = section[key]
    section[path[-1]] = value
    return tree


def test_every_parameter_has_a_title_of_its_own_and_an_explanation():
    for field in recipe_fields():
        assert field.title != field.path[-1]
        assert field.about
        assert field.unset or not field.is_optional, field.path
    titles = [(field.section, field.title) for field in recipe_fields()]
    assert len(set(titles)) == len(titles)


def test_every_parameter_of_a_recipe_is_among_them():
    def leaves(tree, prefix=()):
        for key, value in tree.items():
            yield from leaves(value, (*prefix, key)) if isinstance(value, dict) else [(*prefix, key)]

    assert set(BY_PATH) == set(leaves(Recipe().model_dump())) - {("name",), ("version",)}


@pytest.mark.parametrize("field", [field for field in NUMBERS if field.low], ids=lambda field: field.path[-1])
def test_the_bounds_shown_are_those_that_are_enforced(field):
    assert field.low is not None
    edge = field.low.value
    below = edge if field.low.is_open else edge - 1
    with pytest.raises(ValidationError):
        Recipe.model_validate(with_value(field.path, below))
    Recipe.model_validate(with_value(field.path, edge + 1 if field.high is None else field.default or edge))


def test_only_what_a_method_reads_is_offered():
    values = form_values(Recipe())
    ours = {field.path for field in fields_in_use(values)}
    peers = {field.path for field in fields_in_use(values | {METHOD: "patch_knn"})}
    learned = {field.path for field in fields_in_use(values | {METHOD: "patchcore"})}
    assert ours == set(BY_PATH)
    assert ("detector", "weights") in learned - peers
    assert ("training", "steps") in ours - learned
    assert ("segmentation", "min_area_px") in peers & learned


def test_a_form_gives_back_the_recipe_that_it_shows():
    recipe = Recipe(
        name="film",
        version=3,
        detector=DetectorOptions(evidence=("matching",), input_size=512, mutual_weight=0.1),
        thresholds=Thresholds(unknown_at=0.25, ng_at=1 / 3),
    )
    assert check_form(recipe, form_values(recipe)).recipe == recipe


def test_what_the_method_does_not_read_is_set_back():
    recipe = Recipe(detector=DetectorOptions(mutual_images=8))
    made = check_form(recipe, form_values(recipe) | {METHOD: "patch_knn"}).recipe
    assert made is not None
    assert (made.detector.method, made.detector.mutual_images) == ("patch_knn", 0)


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        (("detector", "batch_size"), "0", "Enter a whole number: 1 to 256 images."),
        (("detector", "batch_size"), "1.5", "Enter a whole number: 1 to 256 images."),
        (("detector", "input_size"), "wide", "Enter a whole number: 64 to 2048 px."),
        (("segmentation", "min_area_nm2"), "0", "Enter a number: more than 0 nm²."),
        (("segmentation", "floor"), "nan", "Enter a number."),
        (("training", "steps"), "", "Enter a whole number: 1 or more."),
        (("detector", "weights"), "  ", "This may not be empty."),
        (("detector", "evidence"), (), "Name at least one source of evidence, each once."),
    ],
)
def test_a_wrong_field_gets_a_sentence(path, text, sentence):
    checked = check_form(Recipe(), form_values(Recipe()) | {path: text})
    assert checked.recipe is None
    assert dict(checked.complaints) == {path: sentence}


def test_thresholds_that_contradict_each_other_are_told_at_the_field():
    low, high = ("thresholds", "unknown_at"), ("thresholds", "ng_at")
    checked = check_form(Recipe(), form_values(Recipe()) | {low: "0.9", high: "0.5"})
    assert dict(checked.complaints) == {high: "“Unknown from” must not exceed “NG from”."}


def test_differences_bear_their_units():
    before = Recipe(detector=DetectorOptions(input_size=512))
    after = Recipe(
        name="other",
        version=9,
        detector=DetectorOptions(evidence=("matching", "lattice")),
        segmentation=SegmentationOptions(min_area_px=12),
    )
    rows = [(change.path, change.before, change.after) for change in compare_recipes(before, after)]
    assert rows == [
        ("detector.evidence", "matching, coarse_matching, residual, lattice", "matching, lattice"),
        ("detector.input_size", "512 px", "as it is"),
        ("segmentation.min_area_px", "9 px", "12 px"),
    ]
    assert compare_recipes(after, after) == ()
    assert value_at(after, ("segmentation", "min_area_px")) == 12
