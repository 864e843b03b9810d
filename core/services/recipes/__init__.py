"""The station's recipes: kept in versions as readable files, compared, locked, and one of them in use."""

from core.services.recipes.in_use import current_recipe, id_in_use, keep_recipe, use_version
from core.services.recipes.library import (
    find_recipe,
    fork_recipe,
    list_recipes,
    lock_recipe,
    read_version,
    revert_recipe,
    save_version,
    unlock_recipe,
    with_free_number,
)

__all__ = [
    "current_recipe",
    "find_recipe",
    "fork_recipe",
    "id_in_use",
    "keep_recipe",
    "list_recipes",
    "lock_recipe",
    "read_version",
    "revert_recipe",
    "save_version",
    "unlock_recipe",
    "use_version",
    "with_free_number",
]
