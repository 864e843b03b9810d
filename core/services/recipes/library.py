"""What an engineer does with recipes: versions are added and never changed, locked recipes get none."""

from datetime import UTC, datetime
from pathlib import Path

from core.domain.errors import UserError
from core.domain.lengths import RECIPE_NAME_LENGTH
from core.domain.recipe_library import StoredRecipe, StoredVersion, VersionId
from core.domain.recipes import Recipe
from core.services.recipes.shelf import Shelf, Stamped
from core.services.workspace import Workspace

SHIPPED = VersionId(Recipe().name, Recipe().version)
"""The recipe that comes with the application: always there, and never overwritten."""


def list_recipes(workspace: Workspace) -> tuple[StoredRecipe, ...]:
    """Every recipe, by name; the shipped one first.

    Raises:
        UserError: a recipe's card is damaged.
    """
    shelf = shelf_of(workspace)
    names = sorted((name for name in shelf.names() if name != SHIPPED.name), key=str.casefold)
    found = (_with_shipped(shelf.recipe(name)) for name in (SHIPPED.name, *names))
    return tuple(recipe for recipe in found if recipe.versions)  # somebody may have deleted the files


def find_recipe(workspace: Workspace, name: str) -> StoredRecipe | None:
    """The recipe of this name, in any letter case; None where there is none."""
    found = _with_shipped(shelf_of(workspace).recipe(name))
    return found if found.versions else None


def read_version(workspace: Workspace, version: VersionId) -> Recipe:
    """A version of a recipe.

    Raises:
        UserError: there is none, or its file is damaged.
    """
    shelf = shelf_of(workspace)
    if version == SHIPPED and not shelf.file_of(version).exists():
        return Recipe()
    return shelf.read(version)


def save_version(workspace: Workspace, recipe: Recipe, note: str = "") -> Recipe:
    """Keep a recipe as the next version of its name; what its own number was does not count.

    Returns:
        The recipe with its number.

    Raises:
        UserError: the recipe is locked, or it cannot be written.
    """
    known = find_recipe(workspace, recipe.name)
    if known is not None:
        refuse_locked(known)
    made = with_free_number(workspace, recipe)
    add_version(workspace, made, note)
    return made


def with_free_number(workspace: Workspace, recipe: Recipe) -> Recipe:
    """The recipe as the next version of its name; nothing is kept."""
    known = find_recipe(workspace, recipe.name)
    if known is None:
        return recipe.model_copy(update={"version": 1})
    return recipe.model_copy(update={"name": known.name, "version": known.newest.id.version + 1})


def fork_recipe(workspace: Workspace, version: VersionId, name: str) -> Recipe:
    """Begin a recipe of another name with a version of this one; a lock does not stop that.

    Raises:
        UserError: the name is empty, too long or taken, or the version cannot be read.
    """
    name = name.strip()
    if not 0 < len(name) <= RECIPE_NAME_LENGTH:
        raise UserError(f"A recipe's name has 1 to {RECIPE_NAME_LENGTH} characters.")
    if find_recipe(workspace, name) is not None:
        raise UserError(f"There is a recipe “{name}” already.", "Choose another name.")
    begun = read_version(workspace, version).model_copy(update={"name": name})
    return save_version(workspace, begun, f"From {version}")


def revert_recipe(workspace: Workspace, version: VersionId) -> Recipe:
    """Make an old version the newest again, as a version of its own; those between stay.

    Raises:
        UserError: the recipe is locked, it is the newest already, or it cannot be read.
    """
    known = find_recipe(workspace, version.name)
    if known is not None and known.newest.id == version:
        raise UserError(f"Version {version.version} is the newest already.")
    return save_version(workspace, read_version(workspace, version), f"Version {version.version} again")


def lock_recipe(workspace: Workspace, name: str) -> None:
    """Let nobody save further versions of a recipe until it is unlocked.

    Raises:
        UserError: it cannot be written.
    """
    shelf_of(workspace).set_lock(name, _stamp(workspace))


def unlock_recipe(workspace: Workspace, name: str) -> None:
    """Allow further versions again.

    Raises:
        UserError: it cannot be written.
    """
    shelf_of(workspace).set_lock(name, None)


def add_version(workspace: Workspace, recipe: Recipe, note: str) -> Path:
    """Write a version whose number is free; its file."""
    return shelf_of(workspace).add(recipe, _stamp(workspace, note))


def refuse_locked(known: StoredRecipe) -> None:
    """Stop before a version is added to a recipe that is locked.

    Raises:
        UserError: it is.
    """
    if known.lock is not None:
        raise UserError(
            f"The recipe “{known.name}” is locked by {known.lock.by}.",
            "Unlock it, or fork it under another name.",
        )


def shelf_of(workspace: Workspace) -> Shelf:
    """The station's recipe files."""
    return Shelf(workspace.home / "recipes")


def _with_shipped(known: StoredRecipe) -> StoredRecipe:
    if known.name.casefold() != SHIPPED.name or SHIPPED in {version.id for version in known.versions}:
        return known
    shipped = StoredVersion(SHIPPED, note="Comes with the application", is_shipped=True)
    return StoredRecipe(SHIPPED.name, (*known.versions, shipped), known.lock)


def _stamp(workspace: Workspace, note: str = "") -> Stamped:
    now = datetime.now(UTC).replace(microsecond=0)
    return Stamped(by=workspace.history.reviewer, at_utc=now, note=note)
