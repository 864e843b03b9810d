"""The recipe in use: what a lot is measured with when nobody names another. Every version is kept."""

import re
from pathlib import Path

from core.domain.errors import UserError
from core.domain.recipes import Recipe, read_recipe, write_recipe
from core.services.workspace import Workspace

_FOLDER = "recipes"
_FILE = re.compile(r"recipe-(\d+)\.json")


def current_recipe(workspace: Workspace) -> Recipe:
    """The newest version that was kept, else the default recipe.

    Raises:
        UserError: the newest version cannot be read.
    """
    versions = _versions(workspace)
    return read_recipe(versions[max(versions)]) if versions else Recipe()


def keep_recipe(workspace: Workspace, recipe: Recipe) -> Path:
    """Write a recipe, which is the one in use from now on; those before it stay where they are.

    Returns:
        Its file.

    Raises:
        UserError: a newer or the same version was kept meanwhile, or the file cannot be written.
    """
    newest = max(_versions(workspace), default=0)
    if recipe.version <= newest:
        raise UserError(f"Version {newest} of the recipe is there already.", "Begin again with that one.")
    file = workspace.home / _FOLDER / f"recipe-{recipe.version}.json"
    partial = file.with_suffix(".partial")
    write_recipe(partial, recipe)
    partial.replace(file)  # in one step: the next detection finds a whole recipe or none
    return file


def _versions(workspace: Workspace) -> dict[int, Path]:
    files = (workspace.home / _FOLDER).glob("recipe-*.json")
    return {int(match[1]): file for file in files if (match := _FILE.fullmatch(file.name))}
