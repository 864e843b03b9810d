"""The recipe in use: what a lot is measured with when nobody names another."""

from pathlib import Path

from core.domain.errors import UserError
from core.domain.recipe_library import VersionId
from core.domain.recipes import Recipe
from core.services.recipes.library import (
    SHIPPED,
    add_version,
    find_recipe,
    read_version,
    refuse_locked,
    shelf_of,
)
from core.services.workspace import Workspace


def id_in_use(workspace: Workspace) -> VersionId:
    """Name and number of the recipe in use; the shipped one where none was chosen.

    Raises:
        UserError: the file that says so is damaged.
    """
    return shelf_of(workspace).in_use() or SHIPPED


def current_recipe(workspace: Workspace) -> Recipe:
    """The recipe in use.

    Raises:
        UserError: it cannot be read.
    """
    return read_version(workspace, id_in_use(workspace))


def use_version(workspace: Workspace, version: VersionId) -> Recipe:
    """Measure every lot with this version from now on.

    Raises:
        UserError: there is no such version, or it cannot be read.
    """
    recipe = read_version(workspace, version)
    shelf_of(workspace).set_in_use(version)
    return recipe


def keep_recipe(workspace: Workspace, recipe: Recipe, note: str = "") -> Path:
    """Write a version with the number that it has, and use it from now on; those before it stay where they are.

    Returns:
        Its file.

    Raises:
        UserError: the recipe is locked, a newer or the same version was kept meanwhile, or it cannot be written.
    """
    known = find_recipe(workspace, recipe.name)
    if known is not None:
        refuse_locked(known)
        newest = known.newest.id.version
        if recipe.version <= newest:
            raise UserError(f"Version {newest} of the recipe is there already.", "Begin again with that one.")
        recipe = recipe.model_copy(update={"name": known.name})
    file = add_version(workspace, recipe, note)
    shelf_of(workspace).set_in_use(VersionId(recipe.name, recipe.version))
    return file
