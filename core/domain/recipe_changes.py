"""In what two recipes differ, parameter by parameter."""

from dataclasses import dataclass

from core.domain.recipe_fields import RecipeField, recipe_fields, value_at
from core.domain.recipes import Recipe


@dataclass(frozen=True, slots=True)
class RecipeChange:
    """One parameter that differs.

    Attributes:
        field: which.
        before, after: its two values with their unit, as people read them.
    """

    field: RecipeField
    before: str
    after: str

    @property
    def path(self) -> str:
        """As it stands in the recipe's file, for example "detector.input_size"."""
        return ".".join(self.field.path)


def compare_recipes(before: Recipe, after: Recipe) -> tuple[RecipeChange, ...]:
    """The parameters that differ, in the order of the recipe; name and version are none."""
    pairs = ((field, value_at(before, field.path), value_at(after, field.path)) for field in recipe_fields())
    return tuple(
        RecipeChange(field, field.text_of(old), field.text_of(new)) for field, old, new in pairs if old != new
    )
