"""The station's recipes: versions, locks, forks, the way back, and which one is in use."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from core.domain.errors import UserError
from core.domain.recipe_library import VersionId
from core.domain.recipes import DetectorOptions, Recipe, SegmentationOptions, read_recipe, write_recipe
from core.services.recipes import (
    current_recipe,
    find_recipe,
    fork_recipe,
    id_in_use,
    keep_recipe,
    list_recipes,
    lock_recipe,
    read_version,
    revert_recipe,
    save_version,
    unlock_recipe,
    use_version,
)
from core.services.recipes.library import shelf_of
from core.services.recipes.shelf import Stamped
from core.services.workspace import Workspace

FILM = Recipe(name="Film Ü", detector=DetectorOptions(method="patch_knn"))


def larger(recipe, area):
    return recipe.model_copy(update={"segmentation": SegmentationOptions(min_area_px=area)})


@pytest.fixture
def film(workspace):
    """Three versions of a recipe."""
    for area in (10, 20, 30):
        save_version(workspace, larger(FILM, area), f"area {area}")
    return VersionId("Film Ü", 2)


def test_the_shipped_recipe_is_always_there(workspace):
    (shipped,) = list_recipes(workspace)
    assert (shipped.name, shipped.newest.id.version, shipped.newest.is_shipped) == ("default", 1, True)
    assert current_recipe(workspace) == read_version(workspace, shipped.newest.id) == Recipe()
    assert not (workspace.home / "recipes").exists()


def test_versions_are_added_under_the_next_number_with_author_and_note(workspace, film):
    (_, known) = list_recipes(workspace)
    assert [(one.id.version, one.saved_by, one.note) for one in known.versions] == [
        (3, "mei", "area 30"),
        (2, "mei", "area 20"),
        (1, "mei", "area 10"),
    ]
    assert known.newest.saved_at_utc is not None
    assert read_version(workspace, film) == larger(FILM, 20).model_copy(update={"version": 2})
    assert current_recipe(workspace) == Recipe()  # saving is not using


def test_a_version_is_a_readable_file_that_the_command_line_takes(workspace, film):
    (file,) = workspace.home.glob("recipes/film_ü-*/recipe-2.json")
    assert read_recipe(file) == read_version(workspace, film)


def test_a_change_of_the_shipped_recipe_is_its_second_version(workspace):
    made = save_version(workspace, larger(Recipe(), 30))
    assert (made.name, made.version) == ("default", 2)
    assert [one.is_shipped for one in list_recipes(workspace)[0].versions] == [False, True]
    assert read_version(workspace, VersionId("default", 1)) == Recipe()


def test_a_locked_recipe_takes_no_version_and_may_be_forked_and_used(workspace, film):
    lock_recipe(workspace, film.name)
    lock = find_recipe(workspace, film.name).lock
    assert lock is not None
    assert lock.by == "mei"
    for attempt in (
        lambda: save_version(workspace, FILM),
        lambda: revert_recipe(workspace, film),
        lambda: keep_recipe(workspace, FILM.model_copy(update={"version": 9})),
    ):
        with pytest.raises(UserError, match="locked by mei"):
            attempt()
    assert fork_recipe(workspace, film, "Film 2").segmentation.min_area_px == 20
    assert use_version(workspace, film) == current_recipe(workspace)
    unlock_recipe(workspace, film.name)
    assert save_version(workspace, FILM).version == 4


def test_a_fork_begins_with_its_first_version_and_says_where_it_comes_from(workspace, film):
    made = fork_recipe(workspace, film, "  Contacts ")
    assert (made.name, made.version) == ("Contacts", 1)
    known = find_recipe(workspace, "contacts")
    assert known is not None
    assert known.newest.note == "From Film Ü, version 2"
    assert made.sha256 == read_version(workspace, film).sha256


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "FILM Ü", "Default"])
def test_a_name_that_cannot_be_is_refused(workspace, film, name):
    with pytest.raises(UserError, match="name"):
        fork_recipe(workspace, film, name)


def test_names_that_differ_in_letters_only_are_one_and_other_names_are_not(workspace, film):
    assert save_version(workspace, FILM.model_copy(update={"name": "FILM Ü"})).version == 4
    for name in ("Film/Ü", "Film Ö", "con", "../film"):
        assert save_version(workspace, FILM.model_copy(update={"name": name})).version == 1
    assert len(list_recipes(workspace)) == 6
    assert {file.parent.parent for file in workspace.home.rglob("recipe-*.json")} == {
        workspace.home / "recipes"
    }


def test_an_old_version_comes_back_as_the_newest(workspace, film):
    made = revert_recipe(workspace, film)
    assert made.version == 4
    assert made.sha256 == read_version(workspace, film).sha256
    assert len(find_recipe(workspace, film.name).versions) == 4
    with pytest.raises(UserError, match="newest already"):
        revert_recipe(workspace, VersionId(film.name, 4))


def test_the_version_in_use_is_kept_over_a_restart(tmp_path):
    with Workspace.open(tmp_path / "home", reviewer="mei") as first:
        save_version(first, FILM)
        use_version(first, VersionId(FILM.name, 1))
    with Workspace.open(tmp_path / "home", reviewer="mei") as again:
        assert id_in_use(again) == VersionId(FILM.name, 1)
        assert current_recipe(again) == FILM


def test_what_is_not_there_cannot_be_used(workspace):
    with pytest.raises(UserError, match=r"recipe-7\.json cannot be read"):
        use_version(workspace, VersionId("nothing", 7))
    assert id_in_use(workspace) == VersionId("default", 1)


def test_a_damaged_card_is_a_sentence(workspace, film):
    (card,) = workspace.home.glob("recipes/film_ü-*/card.json")
    card.write_text("{")
    with pytest.raises(UserError, match="damaged"):
        list_recipes(workspace)


def test_files_of_a_station_that_kept_them_flat_are_taken_over(workspace):
    folder = workspace.home / "recipes"
    for version in (2, 10):
        write_recipe(folder / f"recipe-{version}.json", larger(Recipe(version=version), version))
    assert current_recipe(workspace).segmentation.min_area_px == 10
    assert [one.id.version for one in list_recipes(workspace)[0].versions] == [10, 2, 1]
    assert not list(folder.glob("recipe-*.json"))


def test_a_take_over_that_was_interrupted_is_finished(workspace):
    folder = workspace.home / "recipes"
    old = folder / "recipe-2.json"
    write_recipe(old, larger(Recipe(version=2), 2))
    content = old.read_bytes()
    assert current_recipe(workspace).version == 2
    old.write_bytes(content)  # as if the program had died before it was deleted
    assert current_recipe(workspace).segmentation.min_area_px == 2
    assert not old.exists()


def test_another_recipe_of_a_number_that_is_taken_is_not_thrown_away(workspace):
    folder = workspace.home / "recipes"
    write_recipe(folder / "recipe-2.json", larger(Recipe(version=2), 2))
    assert current_recipe(workspace).version == 2
    write_recipe(folder / "recipe-2.json", larger(Recipe(version=2), 7))
    with pytest.raises(UserError, match="is another version 2"):
        current_recipe(workspace)
    assert read_recipe(folder / "recipe-2.json").segmentation.min_area_px == 7


def test_a_recipe_whose_files_were_deleted_is_not_listed(workspace, film):
    for file in workspace.home.glob("recipes/film_ü-*/recipe-*.json"):
        file.unlink()
    assert [recipe.name for recipe in list_recipes(workspace)] == ["default"]


def test_whoever_chooses_at_the_same_moment_does_not_get_in_the_way(workspace, film):
    shelf = shelf_of(workspace)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: shelf.set_in_use(film), range(200)))
    assert id_in_use(workspace) == film


def test_versions_that_are_kept_at_the_same_moment_all_stand_in_the_card(workspace):
    versions = [larger(FILM, area).model_copy(update={"version": area}) for area in range(1, 17)]
    shelf = shelf_of(workspace)
    stamp = Stamped(by="mei", at_utc=datetime.now(UTC))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: shelf.add(one, stamp), versions))
    kept = find_recipe(workspace, FILM.name)
    assert kept is not None
    assert {one.id.version for one in kept.versions if one.saved_by == "mei"} == set(range(1, 17))
    with pytest.raises(UserError, match="is there already"):
        shelf.add(versions[0], stamp)
