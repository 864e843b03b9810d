"""What the recipe editor shows, and the pure functions that make the next state of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.domain.recipe_editing import FormValues
from core.domain.recipe_library import StoredRecipe, StoredVersion, VersionId
from core.services.recipes.library import SHIPPED


@dataclass(frozen=True, slots=True)
class RecipesState:
    """The library and what is chosen in it.

    Attributes:
        chosen: the version that the form shows.
        in_use: the version that the station measures with.
        drafts: what was changed in the form and not saved, by version.
        other: what the chosen version is compared with; None for the version before it.
    """

    recipes: tuple[StoredRecipe, ...] = ()
    chosen: VersionId = SHIPPED
    in_use: VersionId = SHIPPED
    drafts: Mapping[VersionId, FormValues] = field(default_factory=lambda: MappingProxyType({}))
    other: VersionId | None = None

    @property
    def recipe(self) -> StoredRecipe | None:
        """The recipe of the chosen version."""
        return next((recipe for recipe in self.recipes if recipe.name == self.chosen.name), None)

    @property
    def version(self) -> StoredVersion | None:
        """The chosen version."""
        known = self.recipe
        versions = () if known is None else known.versions
        return next((version for version in versions if version.id == self.chosen), None)

    @property
    def versions(self) -> tuple[VersionId, ...]:
        """Every version of every recipe."""
        return tuple(version.id for recipe in self.recipes for version in recipe.versions)

    @property
    def compared_with(self) -> VersionId:
        """What the chosen version is compared with."""
        if self.other is not None and self.other in self.versions:
            return self.other
        known = self.recipe
        older = [] if known is None else [one.id for one in known.versions if one.id < self.chosen]
        return older[0] if older else SHIPPED


def listed(state: RecipesState, recipes: tuple[StoredRecipe, ...], in_use: VersionId) -> RecipesState:
    """The library was read; a choice that is gone moves to the version in use."""
    known = {version.id for recipe in recipes for version in recipe.versions}
    chosen = state.chosen if state.chosen in known else in_use if in_use in known else SHIPPED
    return replace(state, recipes=recipes, in_use=in_use, chosen=chosen)


def chose(state: RecipesState, version: VersionId) -> RecipesState:
    """Look at another version."""
    return state if version == state.chosen else replace(state, chosen=version, other=None)


def drafted(state: RecipesState, values: FormValues) -> RecipesState:
    """The form of the chosen version was changed."""
    return replace(state, drafts=MappingProxyType({**state.drafts, state.chosen: values}))


def discarded(state: RecipesState) -> RecipesState:
    """The changes of the chosen version are gone, saved or not."""
    kept = {version: values for version, values in state.drafts.items() if version != state.chosen}
    return replace(state, drafts=MappingProxyType(kept))
