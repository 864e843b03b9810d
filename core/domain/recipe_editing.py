"""A recipe as a form holds it: texts that a person types become a recipe, or a sentence at each wrong field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from pydantic import ValidationError

from core.domain.recipe_fields import FieldKind, FieldPath, RecipeField, recipe_fields, value_at
from core.domain.recipes import Recipe

FormValues: TypeAlias = Mapping[FieldPath, Any]
"""By path: what stands in a field. Numbers and words are texts, a set is a tuple, a switch is a bool."""

METHOD: FieldPath = ("detector", "method")
_NUMBERS = {FieldKind.INTEGER: "Enter a whole number", FieldKind.NUMBER: "Enter a number"}


@dataclass(frozen=True, slots=True)
class CheckedForm:
    """A form's outcome.

    Attributes:
        recipe: what the form says; None while a field is wrong.
        complaints: a sentence for each wrong field.
    """

    recipe: Recipe | None
    complaints: Mapping[FieldPath, str] = field(default_factory=lambda: MappingProxyType({}))


def form_values(recipe: Recipe) -> dict[FieldPath, Any]:
    """What a form shows of a recipe."""
    return {one.path: _shown(value_at(recipe, one.path)) for one in recipe_fields()}


def fields_in_use(values: FormValues) -> tuple[RecipeField, ...]:
    """The fields that the chosen method reads."""
    return tuple(one for one in recipe_fields() if one.is_read_by(values[METHOD]))


def check_form(base: Recipe, values: FormValues) -> CheckedForm:
    """The recipe that a form describes.

    Args:
        base: gives name and version.
        values: of every field. One that the chosen method does not read is set back to its default, so that nothing
            out of sight decides or complains.
    """
    used = fields_in_use(values)
    tree: dict[str, Any] = {"name": base.name, "version": base.version}
    for one in used:
        _plant(tree, one.path, _typed(one, values[one.path]))
    try:
        return CheckedForm(Recipe.model_validate(tree))
    except ValidationError as error:
        return CheckedForm(None, MappingProxyType(_complaints(error, used)))


def _shown(value: Any) -> Any:
    if value is None:
        return ""
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _typed(known: RecipeField, value: Any) -> Any:
    """An empty text is nothing; the model then says whether there has to be something."""
    if known.kind in (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.SWITCH):
        return value
    text = str(value).strip()
    return text or (None if known.is_optional or known.kind is FieldKind.TEXT else "")


def _plant(tree: dict[str, Any], path: FieldPath, value: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


def _complaints(error: ValidationError, used: tuple[RecipeField, ...]) -> dict[FieldPath, str]:
    found: dict[FieldPath, str] = {}
    for one in error.errors():
        place = tuple(str(key) for key in one["loc"])
        concerned = [known for known in used if _meets(known.path, place)]
        for last in concerned[-1:]:  # what is wrong with several of them stands below the last
            found[last.path] = _sentence(last, one["type"], one["msg"], concerned)
    return found


def _meets(path: FieldPath, place: FieldPath) -> bool:
    """Whether an error's place is a field, a part of its value, or the group that it stands in."""
    shorter = min(len(path), len(place))
    return path[:shorter] == place[:shorter]


def _sentence(known: RecipeField, kind: str, message: str, concerned: list[RecipeField]) -> str:
    if kind == "value_error":
        text = message.removeprefix("Value error, ")
        for other in concerned if len(concerned) > 1 else ():
            text = re.sub(rf"\b{other.path[-1]}\b", f"“{other.title}”", text)
        return f"{text[:1].upper()}{text[1:]}."
    if known.kind not in _NUMBERS:
        return "This may not be empty."
    allowed = f": {known.bounds_text} {known.unit}".rstrip() if known.bounds_text else ""
    return f"{_NUMBERS[known.kind]}{allowed}."
